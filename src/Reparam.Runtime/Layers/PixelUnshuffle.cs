namespace Reparam.Runtime;

/// <summary>Pixels to channels: […, C, H·r, W·r] → […, C·r², H, W].</summary>
[Counterpart("TorchSharp.Modules.PixelUnshuffle")]
public sealed class PixelUnshuffle : Module<Tensor, Tensor>
{
    private readonly long factor;

    internal PixelUnshuffle(long factor)
        : base(nameof(PixelUnshuffle))
    {
        this.factor = factor;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.PixelUnshuffle(input, factor);
}
