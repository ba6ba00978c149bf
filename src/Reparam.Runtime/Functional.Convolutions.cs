using Reparam.Runtime.Kernels;
using Reparam.Runtime.Packed;

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

    /// <summary>One-dimensional convolution with padding by intent.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv1d_padding")]
    public static Tensor Conv1dPadding(
        Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, Padding padding = Padding.Valid, long? dilation = null, long groups = 1)
    {
        var (step, spread) = ((int)(stride ?? 1), (int)(dilation ?? 1));
        return ConvolveRow(input, weight, bias, step, ConvPadding.From(padding).Resolve((int)weight.Size(-1), step, spread), spread, (int)groups);
    }

    /// <summary>Two-dimensional convolution with padding by intent.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv2d_padding")]
    public static Tensor Conv2dPadding(
        Tensor input, Tensor weight, Tensor? bias = null, ReadOnlySpan<long> strides = default, Padding padding = Padding.Valid,
        ReadOnlySpan<long> dilation = default, long groups = 1)
    {
        var (strideY, strideX) = Pair(strides, 1, "conv2d: strides");
        var (dilationY, dilationX) = Pair(dilation, 1, "conv2d: dilation");
        var side = ConvPadding.From(padding);
        return Convolve(
            input, weight, bias, strideY, strideX, side.Resolve((int)weight.Size(-2), strideY, dilationY),
            side.Resolve((int)weight.Size(-1), strideX, dilationX), dilationY, dilationX, (int)groups);
    }

    /// <summary>Three-dimensional convolution (cross-correlation).</summary>
    /// <param name="input">[N, C, D, H, W] or [C, D, H, W].</param>
    /// <param name="weight">[outputs, C / groups, kernel depth, kernel height, kernel width], dense or packed.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="strides">One or three steps; 1 when empty.</param>
    /// <param name="padding">One or three numbers of zeros on each side; 0 when empty.</param>
    /// <param name="dilation">One or three distances between kernel elements; 1 when empty.</param>
    /// <param name="groups">Number of independent groups of channels.</param>
    /// <returns>[N, outputs, D′, H′, W′].</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv3d")]
    public static Tensor Conv3d(
        Tensor input, Tensor weight, Tensor? bias = null, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> dilation = default, long groups = 1)
    {
        var pad = Sizes(padding, 3, 0, "conv3d: padding");
        return ConvolveVolume(
            input, weight, bias, Sizes(strides, 3, 1, "conv3d: strides"), [((int)pad[0], (int)pad[0]), ((int)pad[1], (int)pad[1]), ((int)pad[2], (int)pad[2])],
            Sizes(dilation, 3, 1, "conv3d: dilation"), (int)groups);
    }

    /// <summary>Transposed convolution in one dimension.</summary>
    /// <param name="input">[N, C, L] or [C, L].</param>
    /// <param name="weight">[C, outputs / groups, kernel size].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="stride">Step; 1 when null.</param>
    /// <param name="padding">Elements cut from each side; 0 when null.</param>
    /// <param name="output_padding">Elements more at the end; 0 when null.</param>
    /// <param name="dilation">Distance between kernel elements; 1 when null.</param>
    /// <param name="groups">Number of independent groups of channels.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv_transpose1d")]
    public static Tensor ConvTranspose1d(
        Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? output_padding = null, long? dilation = null,
        long groups = 1) => ConvolveTransposed(input, weight, bias, [stride ?? 1], [padding ?? 0], [output_padding ?? 0], [dilation ?? 1], (int)groups);

    /// <summary>Transposed convolution in two dimensions; as in one.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv_transpose2d")]
    public static Tensor ConvTranspose2d(
        Tensor input, Tensor weight, Tensor? bias = null, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> output_padding = default, ReadOnlySpan<long> dilation = default, long groups = 1) => ConvolveTransposed(
            input, weight, bias, Sizes(strides, 2, 1, "conv_transpose2d: strides"), Sizes(padding, 2, 0, "conv_transpose2d: padding"),
            Sizes(output_padding, 2, 0, "conv_transpose2d: output_padding"), Sizes(dilation, 2, 1, "conv_transpose2d: dilation"), (int)groups);

    /// <summary>Transposed convolution in three dimensions; as in one.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("conv_transpose3d")]
    public static Tensor ConvTranspose3d(
        Tensor input, Tensor weight, Tensor? bias = null, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> output_padding = default, ReadOnlySpan<long> dilation = default, long groups = 1) => ConvolveTransposed(
            input, weight, bias, Sizes(strides, 3, 1, "conv_transpose3d: strides"), Sizes(padding, 3, 0, "conv_transpose3d: padding"),
            Sizes(output_padding, 3, 0, "conv_transpose3d: output_padding"), Sizes(dilation, 3, 1, "conv_transpose3d: dilation"), (int)groups);

    internal static Tensor ConvolveVolume(
        Tensor input, Tensor weight, Tensor? bias, ReadOnlySpan<long> stride, ReadOnlySpan<(int Before, int After)> padding, ReadOnlySpan<long> dilation,
        int groups)
    {
        if (input.Rank is not (4 or 5) || weight.Rank != 5)
        {
            throw new ArgumentException(
                $"conv3d: the input must be [N, C, D, H, W] or [C, D, H, W] and the weight have 5 dimensions, but they are {Layout.Describe(input.Shape)} and "
                    + $"{Layout.Describe(weight.Shape)}.");
        }

        if (input.Dtype != DType.Float32 && input.Dtype != DType.Float64)
        {
            return ConvolveVolume(Single(input), Single(weight), SingleOrNone(bias), stride, padding, dilation, groups).As(input.Dtype);
        }

        if (input.Rank == 4)
        {
            return ConvolveVolume(input.Unsqueeze(0), weight, bias, stride, padding, dilation, groups).Squeeze(0);
        }

        var (channels, outputs) = ((int)input.Shape[1], (int)weight.Shape[0]);
        CheckConvolution(input, weight, bias, groups, channels, outputs);
        Span<int> sizes = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            sizes[i] = OutputSize((int)input.Shape[i + 2], (int)weight.Shape[i + 2], (int)stride[i], padding[i], (int)dilation[i]);
        }

        var depth = new PoolingWindow((int)weight.Shape[2], (int)stride[0], padding[0].Before, (int)dilation[0], sizes[0]);
        if (input.Dtype == DType.Float64)
        {
            PoolingWindow[] sides =
            [
                depth, new((int)weight.Shape[3], (int)stride[1], padding[1].Before, (int)dilation[1], sizes[1]),
                new((int)weight.Shape[4], (int)stride[2], padding[2].Before, (int)dilation[2], sizes[2]),
            ];
            return PlainConvolution.Run(input, weight, bias, sides, groups);
        }

        var plane = new ConvolutionShape(
            channels, (int)input.Shape[3], (int)input.Shape[4], outputs, (int)weight.Shape[3], (int)weight.Shape[4], (int)stride[1], (int)stride[2],
            padding[1].Before, padding[2].Before, (int)dilation[1], (int)dilation[2], groups, sizes[1], sizes[2]);
        return VolumeConvolution.Run(input, weight, bias, plane, depth);
    }

    internal static Tensor ConvolveTransposed(
        Tensor input, Tensor weight, Tensor? bias, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> outputPadding,
        ReadOnlySpan<long> dilation, int groups)
    {
        var dims = stride.Length;
        if ((input.Rank != dims + 2 && input.Rank != dims + 1) || weight.Rank != dims + 2)
        {
            throw new ArgumentException(
                $"conv_transpose{dims}d: the input must have {dims + 2} dimensions, or {dims + 1} without a batch, and the weight {dims + 2}, but they are "
                    + $"{Layout.Describe(input.Shape)} and {Layout.Describe(weight.Shape)}.");
        }

        if (input.Dtype != DType.Float32 && input.Dtype != DType.Float64)
        {
            return ConvolveTransposed(
                Single(input), Single(weight), SingleOrNone(bias), stride, padding, outputPadding, dilation, groups).As(input.Dtype);
        }

        if (input.Rank == dims + 1)
        {
            return ConvolveTransposed(input.Unsqueeze(0), weight, bias, stride, padding, outputPadding, dilation, groups).Squeeze(0);
        }

        var outputs = (int)weight.Shape[1] * groups;
        if (groups < 1 || input.Shape[1] % groups != 0 || weight.Shape[0] != input.Shape[1]
            || (bias is not null && (bias.Rank != 1 || bias.Shape[0] != outputs)))
        {
            throw new ArgumentException(
                $"A transposed convolution in {groups} group(s) with weight {Layout.Describe(weight.Shape)} does not fit the input "
                    + $"{Layout.Describe(input.Shape)}{(bias is null ? "" : " and bias " + Layout.Describe(bias.Shape))}.");
        }

        var sizes = new PoolingWindow[3];
        Span<long> image = stackalloc long[5];
        Span<long> kernel = stackalloc long[5];
        image.Fill(1);
        kernel.Fill(1);
        (image[0], image[1], kernel[0], kernel[1]) = (input.Shape[0], input.Shape[1], weight.Shape[0], weight.Shape[1]);
        Span<long> shape = stackalloc long[dims + 2];
        (shape[0], shape[1]) = (input.Shape[0], outputs);
        for (var i = 0; i < 3; i++)
        {
            var dim = i - 3 + dims;
            if (dim < 0)
            {
                sizes[i] = new PoolingWindow(1, 1, 0, 1, 1);
                continue;
            }

            (image[i + 2], kernel[i + 2]) = (input.Shape[dim + 2], weight.Shape[dim + 2]);
            shape[dim + 2] = ((image[i + 2] - 1) * stride[dim]) - (2 * padding[dim]) + (dilation[dim] * (kernel[i + 2] - 1)) + outputPadding[dim] + 1;
            if (stride[dim] < 1 || dilation[dim] < 1 || padding[dim] < 0 || outputPadding[dim] < 0
                || outputPadding[dim] >= Math.Max(stride[dim], dilation[dim]) || shape[dim + 2] < 1)
            {
                throw new ArgumentException(
                    $"A transposed convolution of a side of {image[i + 2]} with kernel {kernel[i + 2]}, stride {stride[dim]}, padding {padding[dim]}, output "
                        + $"padding {outputPadding[dim]} and dilation {dilation[dim]} has no output, or its output padding is not below the stride.");
            }

            sizes[i] = new PoolingWindow((int)kernel[i + 2], (int)stride[dim], (int)padding[dim], (int)dilation[dim], (int)shape[dim + 2]);
        }

        return (input.Dtype == DType.Float64
            ? PlainConvolution.Transposed(input.Reshape(image), weight.Reshape(kernel), bias, sizes, groups)
            : TransposedConvolution.Run(input.Reshape(image), weight.Reshape(kernel), bias, sizes, groups)).View(shape);
    }

    internal static Tensor ConvolveRow(
        Tensor input, Tensor weight, Tensor? bias, int stride, (int Before, int After) padding, int dilation, int groups) =>
        ConvolveRow(input, weight, new ConvolutionEpilogue(null, bias), stride, padding, dilation, groups)!;

    /// <summary>A convolution of rows and what follows; null where the residual has not its result's shape.</summary>
    internal static Tensor? ConvolveRow(
        Tensor input, Tensor weight, in ConvolutionEpilogue epilogue, int stride, (int Before, int After) padding, int dilation, int groups)
    {
        if (input.Rank is not (2 or 3) || weight.Rank != 3)
        {
            throw new ArgumentException(
                $"conv1d: the input must be [N, C, L] or [C, L] and the weight [outputs, channels, size], but they are {Layout.Describe(input.Shape)} and "
                    + $"{Layout.Describe(weight.Shape)}.");
        }

        var flat = epilogue with { Residual = epilogue.Residual is { Rank: >= 1 } residual ? residual.Unsqueeze(-2) : null };
        return Convolve(input.Unsqueeze(-2), weight, flat, 1, stride, (0, 0), padding, 1, dilation, groups)?.Squeeze(-2);
    }

    internal static Tensor Convolve(
        Tensor input, Tensor weight, Tensor? bias, int strideY, int strideX, (int Before, int After) padY, (int Before, int After) padX,
        int dilationY, int dilationX, int groups) =>
        Convolve(input, weight, new ConvolutionEpilogue(null, bias), strideY, strideX, padY, padX, dilationY, dilationX, groups)!;

    /// <summary>A convolution and what follows; null where the residual has not its result's shape, or the type is another one.</summary>
    internal static Tensor? Convolve(
        Tensor input, Tensor weight, in ConvolutionEpilogue epilogue, int strideY, int strideX, (int Before, int After) padY, (int Before, int After) padX,
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
            return epilogue is { Scale: null, Residual: null, Activation: Activation.None }
                ? ConvolveOther(input, weight, epilogue.Shift, strideY, strideX, padY, padX, dilationY, dilationX, groups)
                : null;
        }

        var batch = input.Rank == 4 ? input : input.Unsqueeze(0);
        var (kernelY, kernelX) = (weight.Rank == 4 ? (int)weight.Shape[2] : 1, (int)weight.Shape[^1]);
        var (channels, outputs) = ((int)batch.Shape[1], (int)weight.Shape[0]);
        CheckConvolution(input, weight, epilogue.Shift, groups, channels, outputs);
        var shape = new ConvolutionShape(
            channels, (int)batch.Shape[2], (int)batch.Shape[3], outputs, kernelY, kernelX, strideY, strideX, padY.Before, padX.Before, dilationY, dilationX,
            groups,
            OutputSize((int)batch.Shape[2], kernelY, strideY, padY, dilationY), OutputSize((int)batch.Shape[3], kernelX, strideX, padX, dilationX));
        if (epilogue.Residual is { } residual
            && (residual.Rank != input.Rank || !residual.Shape[^3..].SequenceEqual([outputs, shape.OutHeight, shape.OutWidth])
                || (residual.Rank == 4 && residual.Shape[0] != batch.Shape[0])))
        {
            return null;
        }

        var result = Kernels.Convolution.Run(batch, weight, shape, epilogue);
        return input.Rank == 4 ? result : result.Select(0, 0);
    }

    // Double precision by plain loops; half types in single precision, rounded once.
    private static Tensor ConvolveOther(
        Tensor input, Tensor weight, Tensor? bias, int strideY, int strideX, (int Before, int After) padY, (int Before, int After) padX,
        int dilationY, int dilationX, int groups)
    {
        if (input.Dtype != DType.Float64)
        {
            return Convolve(
                Single(input), Single(weight), SingleOrNone(bias), strideY, strideX, padY, padX, dilationY, dilationX, groups).As(input.Dtype);
        }

        var kernel = weight.Reshape([.. weight.Shape[..2], 1, weight.Rank == 4 ? weight.Shape[2] : 1, weight.Shape[^1]]);
        return ConvolveVolume(
            input.Unsqueeze(-3), kernel, bias, [1, strideY, strideX], [(0, 0), padY, padX], [1, dilationY, dilationX], groups).Squeeze(-3);
    }

    private static Tensor Single(Tensor x) => x.Dtype == DType.Float32 ? x
        : x.IsFloatingPoint() ? x.As(DType.Float32)
        : throw new InvalidOperationException($"A convolution is not defined for {x.Dtype}.");

    private static Tensor? SingleOrNone(Tensor? x) => x is null ? null : Single(x);

    private static void CheckConvolution(Tensor input, Tensor weight, Tensor? bias, int groups, int channels, int outputs)
    {
        if (groups < 1 || channels % groups != 0 || outputs % groups != 0 || weight.Shape[1] != channels / groups)
        {
            throw new ArgumentException(
                $"A convolution in {groups} group(s) with weight {Layout.Describe(weight.Shape)} does not fit the input {Layout.Describe(input.Shape)}.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != outputs))
        {
            throw new ArgumentException($"A convolution's bias must have shape [{outputs}], but has {Layout.Describe(bias.Shape)}.");
        }
    }

    // One number for every dimension, or one for each.
    private static long[] Sizes(ReadOnlySpan<long> values, int dims, long missing, string what)
    {
        var sizes = new long[dims];
        if (values.Length > 1)
        {
            sizes = values.Length == dims
                ? values.ToArray()
                : throw new ArgumentException($"{what}: one or {dims} numbers are expected, not {values.Length}.");
        }
        else
        {
            sizes.AsSpan().Fill(values.IsEmpty ? missing : values[0]);
        }

        return sizes;
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
