using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>Two-dimensional convolution with a dense or packed weight.</summary>
[Counterpart("TorchSharp.Modules.Conv2d")]
public sealed class Conv2d : Convolution
{
    internal Conv2d(
        long in_channels, long out_channels, (long Y, long X) kernel_size, (long Y, long X) stride, ConvPadding paddingY, ConvPadding paddingX,
        (long Y, long X) dilation, PaddingModes mode, long groups, bool bias)
        : base(
            nameof(Conv2d), in_channels, out_channels, [kernel_size.Y, kernel_size.X], [stride.Y, stride.X], [paddingY, paddingX], [dilation.Y, dilation.X],
            mode, groups, bias)
    {
    }

    /// <summary>[N, C, H, W] or [C, H, W] → [N, outputs, H′, W′].</summary>
    public override Tensor Forward(Tensor input) => Forward(input, new ConvolutionEpilogue(null, Bias))!;

    private protected override Tensor? Forward(Tensor input, in ConvolutionEpilogue epilogue) => Functional.Convolve(
        Surrounded(input), Weight, epilogue, (int)Stride[0], (int)Stride[1], Padding[0], Padding[1], (int)Dilation[0], (int)Dilation[1], Groups);
}
