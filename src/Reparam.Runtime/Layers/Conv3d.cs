namespace Reparam.Runtime;

/// <summary>Three-dimensional convolution with a dense or packed weight.</summary>
[Counterpart("TorchSharp.Modules.Conv3d")]
public sealed class Conv3d : Convolution
{
    internal Conv3d(
        long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride, ReadOnlySpan<ConvPadding> padding,
        ReadOnlySpan<long> dilation, PaddingModes mode, long groups, bool bias)
        : base(nameof(Conv3d), in_channels, out_channels, kernel_size, stride, padding, dilation, mode, groups, bias)
    {
    }

    /// <summary>[N, C, D, H, W] or [C, D, H, W] → [N, outputs, D′, H′, W′].</summary>
    public override Tensor Forward(Tensor input) => Functional.ConvolveVolume(Surrounded(input), Weight, Bias, Stride, Padding, Dilation, Groups);
}
