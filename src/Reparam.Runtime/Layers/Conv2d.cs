namespace Reparam.Runtime;

/// <summary>Two-dimensional convolution with a dense or packed weight.</summary>
[Counterpart("TorchSharp.Modules.Conv2d")]
public sealed class Conv2d : Convolution
{
    private readonly (int Y, int X) stride;
    private readonly (int Before, int After) paddingY;
    private readonly (int Before, int After) paddingX;
    private readonly (int Y, int X) dilation;

    internal Conv2d(
        long in_channels, long out_channels, (long Y, long X) kernel_size, (long Y, long X) stride, ConvPadding paddingY, ConvPadding paddingX,
        (long Y, long X) dilation, long groups, bool bias)
        : base(nameof(Conv2d), in_channels, out_channels, [kernel_size.Y, kernel_size.X], groups, bias)
    {
        this.stride = ((int)stride.Y, (int)stride.X);
        this.dilation = ((int)dilation.Y, (int)dilation.X);
        this.paddingY = paddingY.Resolve((int)kernel_size.Y, this.stride.Y, this.dilation.Y);
        this.paddingX = paddingX.Resolve((int)kernel_size.X, this.stride.X, this.dilation.X);
    }

    /// <summary>[N, C, H, W] or [C, H, W] → [N, outputs, H′, W′].</summary>
    public override Tensor Forward(Tensor input) =>
        Functional.Convolve(input, Weight, Bias, stride.Y, stride.X, paddingY, paddingX, dilation.Y, dilation.X, Groups);
}
