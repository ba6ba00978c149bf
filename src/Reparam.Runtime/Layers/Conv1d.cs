using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>One-dimensional convolution with a dense or packed weight.</summary>
[Counterpart("TorchSharp.Modules.Conv1d")]
public sealed class Conv1d : Convolution
{
    internal Conv1d(
        long in_channels, long out_channels, long kernel_size, long stride, ConvPadding padding, long dilation, PaddingModes mode, long groups, bool bias)
        : base(nameof(Conv1d), in_channels, out_channels, [kernel_size], [stride], [padding], [dilation], mode, groups, bias)
    {
    }

    /// <summary>[N, C, L] or [C, L] → [N, outputs, L′].</summary>
    public override Tensor Forward(Tensor input) => Forward(input, new ConvolutionEpilogue(null, Bias))!;

    private protected override Tensor? Forward(Tensor input, in ConvolutionEpilogue epilogue) =>
        Functional.ConvolveRow(Surrounded(input), Weight, epilogue, (int)Stride[0], Padding[0], (int)Dilation[0], Groups);
}
