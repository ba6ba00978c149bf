using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Convolutions and pooling.</content>
public static partial class Functional
{
    /// <summary>Two-dimensional convolution (cross-correlation).</summary>
    /// <param name="input">[N, C, H, W] or [C, H, W].</param>
    /// <param name="weight">[outputs, C / groups, kernel height, kernel width], dense or packed.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="strides">One or two steps; 1 when empty.</param>
    /// <param name="padding">One or two numbers of zeros on each side; 0 when empty.</param>
    /// <param name="dilation">One or two distances between kernel elements; 1 when empty.</param>
    /// <param name="groups">Number of independent groups of channels.</param>
    /// <returns>[N, outputs, H′, W′].</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv2d")]
    public static Tensor Conv2d(
        Tensor input, Tensor weight, Tensor? bias = null, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> dilation = default, long groups = 1)
    {
        var (strideY, strideX) = Pair(strides, 1, "conv2d: strides");
        var (padY, padX) = Pair(padding, 0, "conv2d: padding");
        var (dilationY, dilationX) = Pair(dilation, 1, "conv2d: dilation");
        return Convolve(input, weight, bias, strideY, strideX, (padY, padY), (padX, padX), dilationY, dilationX, (int)groups);
    }

    /// <summary>One-dimensional convolution (cross-correlation).</summary>
    /// <param name="input">[N, C, L] or [C, L].</param>
    /// <param name="weight">[outputs, C / groups, kernel size], dense or packed.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="stride">Step; 1 when null.</param>
    /// <param name="padding">Number of zeros on each side; 0 when null.</param>
    /// <param name="dilation">Distance between kernel elements; 1 when null.</param>
    /// <param name="groups">Number of independent groups of channels.</param>
    /// <returns>[N, outputs, L′].</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv1d")]
    public static Tensor Conv1d(
        Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1)
    {
        var pad = (int)(padding ?? 0);
        return ConvolveRow(input, weight, bias, (int)(stride ?? 1), (pad, pad), (int)(dilation ?? 1), (int)groups);
    }

    /// <summary>Largest element of each window; NaN wins.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("max_pool2d")]
    public static Tensor MaxPool2d(
        Tensor input, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> dilation = default, bool ceil_mode = false)
    {
        var (kernelY, kernelX) = Pair(kernel_size, 1, "max_pool2d: kernel_size");
        var (strideY, strideX) = strides.IsEmpty ? (kernelY, kernelX) : Pair(strides, 1, "max_pool2d: strides");
        var (padY, padX) = Pair(padding, 0, "max_pool2d: padding");
        var (dilationY, dilationX) = Pair(dilation, 1, "max_pool2d: dilation");
        var (height, width) = ImageSize(input, "max_pool2d");
        return Pooling.Max(
            input,
            Window(height, kernelY, strideY, padY, dilationY, ceil_mode, "max_pool2d"),
            Window(width, kernelX, strideX, padX, dilationX, ceil_mode, "max_pool2d"));
    }

    /// <summary>Largest element of each square window; NaN wins.</summary>
    [Counterpart("max_pool2d")]
    public static Tensor MaxPool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        MaxPool2d(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);

    /// <summary>Largest element of each window; NaN wins.</summary>
    [Counterpart("max_pool2d")]
    public static Tensor MaxPool2d(
        Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
        bool ceil_mode = false)
    {
        var (step, pad, spread) = (stride ?? kernel_size, padding ?? (0, 0), dilation ?? (1, 1));
        return MaxPool2d(
            input, [kernel_size.Item1, kernel_size.Item2], [step.Item1, step.Item2], [pad.Item1, pad.Item2], [spread.Item1, spread.Item2], ceil_mode);
    }

    /// <summary>Mean of each window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("avg_pool2d")]
    public static Tensor AvgPool2d(
        Tensor input, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride = default, ReadOnlySpan<long> padding = default,
        bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null)
    {
        var (kernelY, kernelX) = Pair(kernel_size, 1, "avg_pool2d: kernel_size");
        var (strideY, strideX) = stride.IsEmpty ? (kernelY, kernelX) : Pair(stride, 1, "avg_pool2d: stride");
        var (padY, padX) = Pair(padding, 0, "avg_pool2d: padding");
        var (height, width) = ImageSize(input, "avg_pool2d");
        return Pooling.Average(
            input,
            Window(height, kernelY, strideY, padY, 1, ceil_mode, "avg_pool2d"),
            Window(width, kernelX, strideX, padX, 1, ceil_mode, "avg_pool2d"),
            count_include_pad,
            divisor_override);
    }

    /// <summary>Mean of each square window.</summary>
    [Counterpart("avg_pool2d")]
    public static Tensor AvgPool2d(
        Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true,
        long? divisor_override = null) =>
        AvgPool2d(input, [kernel_size], [stride ?? kernel_size], [padding], ceil_mode, count_include_pad, divisor_override);

    /// <summary>Means of windows that divide each image into a given number of parts.</summary>
    [Counterpart("adaptive_avg_pool2d")]
    public static Tensor AdaptiveAvgPool2d(Tensor input, (long, long) output_size)
    {
        ImageSize(input, "adaptive_avg_pool2d");
        return Pooling.Adaptive(input, (int)output_size.Item1, (int)output_size.Item2);
    }

    /// <summary>Means of windows that divide each image into as many parts along both sides.</summary>
    [Counterpart("adaptive_avg_pool2d")]
    public static Tensor AdaptiveAvgPool2d(Tensor input, long output_size) => AdaptiveAvgPool2d(input, (output_size, output_size));

    internal static Tensor ConvolveRow(Tensor input, Tensor weight, Tensor? bias, int stride, (int Before, int After) padding, int dilation, int groups)
    {
        if (input.Rank is not (2 or 3) || weight.Rank != 3)
        {
            throw new ArgumentException(
                $"conv1d: the input must be [N, C, L] or [C, L] and the weight [outputs, channels, size], but they are {Layout.Describe(input.Shape)} and "
                    + $"{Layout.Describe(weight.Shape)}.");
        }

        return Convolve(input.Unsqueeze(-2), weight, bias, 1, stride, (0, 0), padding, 1, dilation, groups).Squeeze(-2);
    }

    internal static Tensor Convolve(
        Tensor input, Tensor weight, Tensor? bias, int strideY, int strideX, (int Before, int After) padY, (int Before, int After) padX,
        int dilationY, int dilationX, int groups)
    {
        if (input.Rank is not (3 or 4) || weight.Rank is not (3 or 4))
        {
            throw new ArgumentException(
                $"conv2d: the input must be [N, C, H, W] or [C, H, W] and the weight have 4 dimensions, but they are {Layout.Describe(input.Shape)} and "
                    + $"{Layout.Describe(weight.Shape)}.");
        }

        if (input.Dtype != DType.Float32)
        {
            throw new InvalidOperationException($"A convolution is not defined for {input.Dtype}.");
        }

        var batch = input.Rank == 4 ? input : input.Unsqueeze(0);
        var (kernelY, kernelX) = (weight.Rank == 4 ? (int)weight.Shape[2] : 1, (int)weight.Shape[^1]);
        var (channels, outputs) = ((int)batch.Shape[1], (int)weight.Shape[0]);
        if (groups < 1 || channels % groups != 0 || outputs % groups != 0 || weight.Shape[1] != channels / groups)
        {
            throw new ArgumentException(
                $"A convolution in {groups} group(s) with weight {Layout.Describe(weight.Shape)} does not fit the input {Layout.Describe(input.Shape)}.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != outputs))
        {
            throw new ArgumentException($"A convolution's bias must have shape [{outputs}], but has {Layout.Describe(bias.Shape)}.");
        }

        var shape = new ConvolutionShape(
            channels, (int)batch.Shape[2], (int)batch.Shape[3], outputs, kernelY, kernelX, strideY, strideX, padY.Before, padX.Before, dilationY, dilationX,
            groups,
            OutputSize((int)batch.Shape[2], kernelY, strideY, padY, dilationY), OutputSize((int)batch.Shape[3], kernelX, strideX, padX, dilationX));
        var result = Kernels.Convolution.Run(batch, weight, bias, shape);
        return input.Rank == 4 ? result : result.Select(0, 0);
    }

    private static int OutputSize(int size, int kernel, int stride, (int Before, int After) padding, int dilation)
    {
        if (stride < 1 || dilation < 1 || padding.Before < 0)
        {
            throw new ArgumentException(
                $"A convolution needs positive strides and dilations and no negative padding, but has {stride}, {dilation} and {padding.Before}.");
        }

        var span = size + padding.Before + padding.After - dilation * (kernel - 1) - 1;
        return span >= 0
            ? span / stride + 1
            : throw new ArgumentException(
                $"The padded input side ({size + padding.Before + padding.After}) is smaller than the kernel ({dilation * (kernel - 1) + 1}).");
    }

    private static PoolingWindow Window(int size, int kernel, int stride, int padding, int dilation, bool ceil, string operation) =>
        new(kernel, stride, padding, dilation, Pooling.OutputSize(size, kernel, stride, padding, dilation, ceil, operation));

    private static (int Height, int Width) ImageSize(Tensor input, string operation) => input.Rank is 3 or 4
        ? ((int)input.Shape[^2], (int)input.Shape[^1])
        : throw new ArgumentException($"{operation}: the input must be [N, C, H, W] or [C, H, W], but is {Layout.Describe(input.Shape)}.");

    private static (int Y, int X) Pair(ReadOnlySpan<long> values, int missing, string what) => values.Length switch
    {
        0 => (missing, missing),
        1 => ((int)values[0], (int)values[0]),
        2 => ((int)values[0], (int)values[1]),
        _ => throw new ArgumentException($"{what}: one or two numbers are expected, not {values.Length}."),
    };
}
