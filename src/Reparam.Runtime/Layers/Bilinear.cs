namespace Reparam.Runtime;

/// <summary>x₁ᵀ·W·x₂ + b for each matrix of W.</summary>
[Counterpart("TorchSharp.Modules.Bilinear")]
public sealed class Bilinear : Module<Tensor, Tensor, Tensor>
{
    internal Bilinear(long in1_features, long in2_features, long out_features, bool hasBias)
        : base(nameof(Bilinear))
    {
        Weight = new Parameter(out_features, in1_features, in2_features);
        Bias = hasBias ? new Parameter(out_features) : null;
    }

    /// <summary>[out, in₁, in₂].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>[out], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>[…, in₁] and […, in₂] → […, out].</summary>
    public override Tensor Forward(Tensor input1, Tensor input2) => Functional.Bilinear(input1, input2, Weight, Bias);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
    }
}
