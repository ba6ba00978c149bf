namespace Reparam.Runtime;

/// <summary>What transposed convolutions share.</summary>
[Counterpart("TorchSharp.Modules.ConvolutionTranspose")]
public abstract class ConvolutionTranspose : Convolution
{
    private readonly long[] outputPadding;

    private protected ConvolutionTranspose(
        string name, long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding,
        ReadOnlySpan<long> output_padding, ReadOnlySpan<long> dilation, PaddingModes mode, long groups, bool bias)
        : base(
            name, in_channels, out_channels, kernel_size, stride, Sides(padding), dilation,
            mode == PaddingModes.Zeros ? mode : throw new ArgumentException($"{name}: a transposed convolution has zeros around it, not {mode}."), groups, bias,
            transposed: true)
    {
        outputPadding = output_padding.ToArray();
    }

    /// <summary>[N, C, …] or [C, …] → [N, outputs, …].</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor input) => Run(input, outputPadding);

    /// <summary>[N, C, …] or [C, …] → [N, outputs, …] of a given size.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output_size">Sizes of the last dimensions of the output, or of all; none when null.</param>
    /// <exception cref="ArgumentException">The stride does not allow the size.</exception>
    [Counterpart("forward")]
    public virtual Tensor Forward(Tensor input, long[]? output_size)
    {
        if (output_size is null)
        {
            return Forward(input);
        }

        var dims = KernelSize.Length;
        if (output_size.Length < dims || input.Rank < dims)
        {
            throw new ArgumentException($"{GetName()}: an output size of {dims} numbers is expected, but is {Layout.Describe(output_size)}.");
        }

        var rest = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            var smallest = ((input.Shape[i - dims + input.Rank] - 1) * Stride[i]) - (2L * Padding[i].Before) + (Dilation[i] * (KernelSize[i] - 1)) + 1;
            rest[i] = output_size[output_size.Length - dims + i] - smallest;
            if (rest[i] < 0 || rest[i] >= Stride[i])
            {
                throw new ArgumentException(
                    $"{GetName()}: an output size of {output_size[output_size.Length - dims + i]} is not among {smallest} to {smallest + Stride[i] - 1}.");
            }
        }

        return Run(input, rest);
    }

    private static ConvPadding[] Sides(ReadOnlySpan<long> padding)
    {
        var sides = new ConvPadding[padding.Length];
        for (var i = 0; i < sides.Length; i++)
        {
            sides[i] = padding[i];
        }

        return sides;
    }

    private Tensor Run(Tensor input, ReadOnlySpan<long> rest)
    {
        Span<long> padding = stackalloc long[Padding.Length];
        for (var i = 0; i < padding.Length; i++)
        {
            padding[i] = Padding[i].Before;
        }

        return Functional.ConvolveTransposed(input, Weight, Bias, Stride, padding, rest, Dilation, Groups);
    }
}
