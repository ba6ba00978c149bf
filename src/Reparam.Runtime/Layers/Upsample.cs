namespace Reparam.Runtime;

/// <summary>Resizes the dimensions after the channels.</summary>
[Counterpart("TorchSharp.Modules.Upsample")]
public sealed class Upsample : Module<Tensor, Tensor>
{
    private readonly long[]? size;
    private readonly double[]? factors;
    private readonly UpsampleMode mode;
    private readonly bool? alignCorners;
    private readonly bool? recompute;

    internal Upsample(long[]? size, double[]? factors, UpsampleMode mode, bool? alignCorners, bool? recompute)
        : base(nameof(Upsample))
    {
        this.size = size;
        this.factors = factors;
        this.mode = mode;
        this.alignCorners = alignCorners;
        this.recompute = recompute;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Interpolate(
        input, size, factors, (InterpolationMode)mode, alignCorners, recompute == true);
}
