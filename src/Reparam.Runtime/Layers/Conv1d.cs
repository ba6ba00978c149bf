namespace Reparam.Runtime;

/// <summary>One-dimensional convolution with a dense or packed weight.</summary>
[Counterpart("TorchSharp.Modules.Conv1d")]
public sealed class Conv1d : Convolution
{
    private readonly int stride;
    private readonly (int Before, int After) padding;
    private readonly int dilation;

    internal Conv1d(
        long in_channels, long out_channels, long kernel_size, long stride, ConvPadding padding, long dilation, long groups, bool bias)
        : base(nameof(Conv1d), in_channels, out_channels, [kernel_size], groups, bias)
    {
        this.stride = (int)stride;
        this.dilation = (int)dilation;
        this.padding = padding.Resolve((int)kernel_size, this.stride, this.dilation);
    }

    /// <summary>[N, C, L] or [C, L] → [N, outputs, L′].</summary>
    public override Tensor Forward(Tensor input) => Functional.ConvolveRow(input, Weight, Bias, stride, padding, dilation, Groups);
}
