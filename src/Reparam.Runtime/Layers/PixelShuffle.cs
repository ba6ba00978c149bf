namespace Reparam.Runtime;

/// <summary>Channels to pixels: […, C·r², H, W] → […, C, H·r, W·r].</summary>
[Counterpart("TorchSharp.Modules.PixelShuffle")]
public sealed class PixelShuffle : Module<Tensor, Tensor>
{
    private readonly long factor;

    internal PixelShuffle(long factor)
        : base(nameof(PixelShuffle))
    {
        this.factor = factor;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.PixelShuffle(input, factor);
}
