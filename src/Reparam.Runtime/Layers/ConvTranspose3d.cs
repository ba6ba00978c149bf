namespace Reparam.Runtime;

/// <summary>Transposed convolution in three dimensions.</summary>
[Counterpart("TorchSharp.Modules.ConvTranspose3d")]
public sealed class ConvTranspose3d : ConvolutionTranspose
{
    internal ConvTranspose3d(
        long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding,
        ReadOnlySpan<long> output_padding, ReadOnlySpan<long> dilation, PaddingModes mode, long groups, bool bias)
        : base(
            nameof(ConvTranspose3d), in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, mode, groups, bias)
    {
    }
}
