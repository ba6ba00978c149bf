namespace Reparam.Runtime;

/// <summary>Normalizes over the trailing dimensions, then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.LayerNorm")]
public sealed class LayerNorm : Module<Tensor, Tensor>
{
    private readonly long[] shape;

    internal LayerNorm(ReadOnlySpan<long> normalized_shape, double eps, bool elementwise_affine, bool bias)
        : base(nameof(LayerNorm))
    {
        shape = normalized_shape.ToArray();
        Eps = eps;
        Weight = elementwise_affine ? new Parameter(shape) : null;
        Bias = elementwise_affine && bias ? new Parameter(shape) : null;
    }

    /// <summary>Scale, of the normalized shape, or null.</summary>
    [Counterpart("weight")]
    public Parameter? Weight { get; set; }

    /// <summary>Shift, of the normalized shape, or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>Added to the variance.</summary>
    [Counterpart("eps")]
    public double Eps { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LayerNorm(input, shape, Weight, Bias, Eps);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
    }
}
