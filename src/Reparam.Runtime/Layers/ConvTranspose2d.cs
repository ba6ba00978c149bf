namespace Reparam.Runtime;

/// <summary>Transposed convolution in two dimensions.</summary>
[Counterpart("TorchSharp.Modules.ConvTranspose2d")]
public sealed class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(
        long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding,
        ReadOnlySpan<long> output_padding, ReadOnlySpan<long> dilation, PaddingModes mode, long groups, bool bias)
        : base(
            nameof(ConvTranspose2d), in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, mode, groups, bias)
    {
    }
}
