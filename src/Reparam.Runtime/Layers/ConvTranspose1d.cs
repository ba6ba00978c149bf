namespace Reparam.Runtime;

/// <summary>Transposed convolution in one dimension.</summary>
[Counterpart("TorchSharp.Modules.ConvTranspose1d")]
public sealed class ConvTranspose1d : ConvolutionTranspose
{
    internal ConvTranspose1d(
        long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding,
        ReadOnlySpan<long> output_padding, ReadOnlySpan<long> dilation, PaddingModes mode, long groups, bool bias)
        : base(
            nameof(ConvTranspose1d), in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, mode, groups, bias)
    {
    }
}
