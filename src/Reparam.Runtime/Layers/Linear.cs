namespace Reparam.Runtime;

/// <summary>y = x·Wᵀ + b, with a dense or packed weight.</summary>
[Counterpart("TorchSharp.Modules.Linear")]
public sealed class Linear : Module<Tensor, Tensor>
{
    internal Linear(long inputSize, long outputSize, bool hasBias)
        : base(nameof(Linear))
    {
        Weight = new Parameter(outputSize, inputSize) { MayBePacked = true };
        Bias = hasBias ? new Parameter(outputSize) : null;
    }

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        Weight = weight;
        Bias = bias;
    }

    /// <summary>[out, in].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>[out], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>Size of the last dimension of the input.</summary>
    [Counterpart("in_features")]
    public long InFeatures => Weight.Shape[1];

    /// <summary>Size of the last dimension of the output.</summary>
    [Counterpart("out_features")]
    public long OutFeatures => Weight.Shape[0];

    /// <summary>[…, in] → […, out].</summary>
    public override Tensor Forward(Tensor input) => Functional.Linear(input, Weight, Bias);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
    }
}
