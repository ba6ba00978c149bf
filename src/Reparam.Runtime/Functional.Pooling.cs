using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Pooling in one to three dimensions. A stride that is not given is the size of the window.</content>
public static partial class Functional
{
    /// <summary>Largest element of each window; NaN wins.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("max_pool1d")]
    public static Tensor MaxPool1d(
        Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        MaxPool2d(
            Raised(input, 1, "max_pool1d"), [1, kernel_size], [1, stride ?? kernel_size], [0, padding ?? 0], [1, dilation ?? 1], ceil_mode).Squeeze(-2);

    /// <summary>Largest element of each window and where it is; NaN wins.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("max_pool1d_with_indices")]
    public static (Tensor output, Tensor indices) MaxPool1dWithIndices(
        Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        MaxWithIndices(input, 1, [kernel_size], Optional(stride), Optional(padding), Optional(dilation), ceil_mode, "max_pool1d");

    /// <summary>Largest element of each window and where it is in its plane; NaN wins.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("max_pool2d_with_indices")]
    public static (Tensor output, Tensor indices) MaxPool2dWithIndices(
        Tensor input, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> dilation = default, bool ceil_mode = false) =>
        MaxWithIndices(input, 2, kernel_size, strides, padding, dilation, ceil_mode, "max_pool2d");

    /// <summary>Largest element of each window; NaN wins.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("max_pool3d")]
    public static Tensor MaxPool3d(
        Tensor input, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> dilation = default, bool ceil_mode = false) =>
        MaxPool3dWithIndices(input, kernel_size, strides, padding, dilation, ceil_mode).output;

    /// <summary>Largest element of each window and where it is in its volume; NaN wins.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("max_pool3d_with_indices")]
    public static (Tensor output, Tensor indices) MaxPool3dWithIndices(
        Tensor input, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> strides = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> dilation = default, bool ceil_mode = false) =>
        MaxWithIndices(input, 3, kernel_size, strides, padding, dilation, ceil_mode, "max_pool3d");

    /// <summary>Mean of each window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("avg_pool1d")]
    public static Tensor AvgPool1d(
        Tensor input, long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true) =>
        AvgPool2d(
            Raised(input, 1, "avg_pool1d"), [1, kernel_size], [1, stride ?? kernel_size], [0, padding ?? 0], ceil_mode, count_include_pad).Squeeze(-2);

    /// <summary>Mean of each window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("avg_pool2d")]
    public static Tensor AvgPool2d(
        Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false,
        bool count_include_pad = true, long? divisor_override = null)
    {
        var (step, pad) = (stride ?? kernel_size, padding ?? (0, 0));
        return AvgPool2d(
            input, [kernel_size.Item1, kernel_size.Item2], [step.Item1, step.Item2], [pad.Item1, pad.Item2], ceil_mode, count_include_pad, divisor_override);
    }

    /// <summary>Mean of each window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("avg_pool3d")]
    public static Tensor AvgPool3d(
        Tensor input, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride = default, ReadOnlySpan<long> padding = default, bool ceil_mode = false,
        bool count_include_pad = true, long? divisor_override = null) => WindowPooling.Average(
            Raised(input, 3, "avg_pool3d"),
            Sides(input, 3, kernel_size, stride, padding, default, ceil_mode, count_include_pad, "avg_pool3d"),
            divisor_override);

    /// <summary>Means of windows that divide each row into a given number of parts.</summary>
    [Counterpart("adaptive_avg_pool1d")]
    public static Tensor AdaptiveAvgPool1d(Tensor input, long output_size) =>
        AdaptiveAvgPool2d(Raised(input, 1, "adaptive_avg_pool1d"), (1, output_size)).Squeeze(-2);

    /// <summary>Means of windows that divide each image into a given number of parts.</summary>
    [Counterpart("adaptive_avg_pool2d")]
    public static Tensor AdaptiveAvgPool2d(Tensor input, ReadOnlySpan<long> output_size)
    {
        var (height, width) = Pair(output_size, 1, "adaptive_avg_pool2d: output_size");
        return AdaptiveAvgPool2d(input, (height, width));
    }

    /// <summary>Means of windows that divide each volume into a given number of parts.</summary>
    [Counterpart("adaptive_avg_pool3d")]
    public static Tensor AdaptiveAvgPool3d(Tensor input, ReadOnlySpan<long> output_size) => WindowPooling.Average(
        Raised(input, 3, "adaptive_avg_pool3d"), Parts(input, Sizes(output_size, 3, 1, "adaptive_avg_pool3d: output_size")), null);

    /// <summary>Means of windows that divide each volume into a given number of parts.</summary>
    [Counterpart("adaptive_avg_pool3d")]
    public static Tensor AdaptiveAvgPool3d(Tensor input, (long, long, long) output_size) =>
        AdaptiveAvgPool3d(input, [output_size.Item1, output_size.Item2, output_size.Item3]);

    /// <summary>Means of windows that divide each volume into as many parts along all sides.</summary>
    [Counterpart("adaptive_avg_pool3d")]
    public static Tensor AdaptiveAvgPool3d(Tensor input, long output_size) => AdaptiveAvgPool3d(input, [output_size]);

    /// <summary>Largest elements of windows that divide each row into a given number of parts; NaN wins.</summary>
    [Counterpart("adaptive_max_pool1d")]
    public static Tensor AdaptiveMaxPool1d(Tensor input, long output_size) => AdaptiveMaxPool1dWithIndices(input, output_size).output;

    /// <summary>Largest elements of windows that divide each row into a given number of parts, and where they are.</summary>
    [Counterpart("adaptive_max_pool1d_with_indices")]
    public static (Tensor output, Tensor indices) AdaptiveMaxPool1dWithIndices(Tensor input, long output_size) =>
        AdaptiveMax(input, [output_size], "adaptive_max_pool1d");

    /// <summary>Largest elements of windows that divide each image into a given number of parts; NaN wins.</summary>
    [Counterpart("adaptive_max_pool2d")]
    public static Tensor AdaptiveMaxPool2d(Tensor input, ReadOnlySpan<long> output_size) => AdaptiveMaxPool2dWithIndices(input, output_size).output;

    /// <summary>Largest elements of windows that divide each image into a given number of parts, and where they are.</summary>
    [Counterpart("adaptive_max_pool2d_with_indices")]
    public static (Tensor output, Tensor indices) AdaptiveMaxPool2dWithIndices(Tensor input, ReadOnlySpan<long> output_size) =>
        AdaptiveMax(input, Sizes(output_size, 2, 1, "adaptive_max_pool2d: output_size"), "adaptive_max_pool2d");

    /// <summary>Largest elements of windows that divide each volume into a given number of parts; NaN wins.</summary>
    [Counterpart("adaptive_max_pool3d")]
    public static Tensor AdaptiveMaxPool3d(Tensor input, ReadOnlySpan<long> output_size) => AdaptiveMaxPool3dWithIndices(input, output_size).output;

    /// <summary>Largest elements of windows that divide each volume into a given number of parts, and where they are.</summary>
    [Counterpart("adaptive_max_pool3d_with_indices")]
    public static (Tensor output, Tensor indices) AdaptiveMaxPool3dWithIndices(Tensor input, ReadOnlySpan<long> output_size) =>
        AdaptiveMax(input, Sizes(output_size, 3, 1, "adaptive_max_pool3d: output_size"), "adaptive_max_pool3d");

    /// <summary>The p-norm of each window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("lp_pool1d")]
    public static Tensor LpPool1d(Tensor input, double norm_type, long kernel_size, long? stride = null, bool ceil_mode = false) =>
        AvgPool1d(input.Pow(norm_type), kernel_size, stride, 0, ceil_mode).Mul(kernel_size).Pow(1 / norm_type);

    /// <summary>The p-norm of each window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("lp_pool2d")]
    public static Tensor LpPool2d(Tensor input, double norm_type, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride = default, bool ceil_mode = false)
    {
        var (y, x) = Pair(kernel_size, 1, "lp_pool2d: kernel_size");
        return AvgPool2d(input.Pow(norm_type), kernel_size, stride, default, ceil_mode).Mul(y * x).Pow(1 / norm_type);
    }

    /// <summary>The p-norm of each square window.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    [Counterpart("lp_pool2d")]
    public static Tensor LpPool2d(Tensor input, double norm_type, long kernel_size, long? stride = null, bool ceil_mode = false) =>
        LpPool2d(input, norm_type, [kernel_size], Optional(stride), ceil_mode);

    /// <summary>Puts the largest elements of windows back to where they were, among zeros.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or a place is none.</exception>
    [Counterpart("max_unpool1d")]
    public static Tensor MaxUnpool1d(
        Tensor input, Tensor indices, long kernel_size, long? stride = null, long? padding = null, ReadOnlySpan<long> output_size = default) =>
        Unpool(input, indices, [kernel_size], Optional(stride), Optional(padding), output_size, 1);

    /// <summary>Puts the largest elements of windows back to where they were, among zeros.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or a place is none.</exception>
    [Counterpart("max_unpool2d")]
    public static Tensor MaxUnpool2d(
        Tensor input, Tensor indices, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> output_size = default) => Unpool(input, indices, kernel_size, stride, padding, output_size, 2);

    /// <summary>Puts the largest elements of windows back to where they were, among zeros.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or a place is none.</exception>
    [Counterpart("max_unpool3d")]
    public static Tensor MaxUnpool3d(
        Tensor input, Tensor indices, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride = default, ReadOnlySpan<long> padding = default,
        ReadOnlySpan<long> output_size = default) => Unpool(input, indices, kernel_size, stride, padding, output_size, 3);

    private static ReadOnlySpan<long> Optional(long? value) => value is { } given ? new long[] { given } : default;

    // [N, C, …] or [C, …] with three spatial dimensions, of which the first may be 1; of one dimension with two.
    private static Tensor Raised(Tensor input, int dims, string operation)
    {
        if (input.Rank != dims + 1 && input.Rank != dims + 2)
        {
            throw new ArgumentException(
                $"{operation}: the input must have {dims + 2} dimensions, or {dims + 1} without a batch, but is {Layout.Describe(input.Shape)}.");
        }

        return dims == 3 ? input : input.Unsqueeze(-1 - dims);
    }

    private static PoolingSide[] Sides(
        Tensor input, int dims, ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, bool ceil,
        bool countPadding, string operation)
    {
        var kernels = Sizes(kernel, dims, 1, $"{operation}: kernel_size");
        var strides = stride.IsEmpty ? kernels : Sizes(stride, dims, 1, $"{operation}: stride");
        var pads = Sizes(padding, dims, 0, $"{operation}: padding");
        var dilations = Sizes(dilation, dims, 1, $"{operation}: dilation");
        var sides = new[] { PoolingSide.Whole, PoolingSide.Whole, PoolingSide.Whole };
        for (var i = 0; i < dims; i++)
        {
            sides[3 - dims + i] = PoolingSide.Windows(
                (int)input.Shape[input.Rank - dims + i], (int)kernels[i], (int)strides[i], (int)pads[i], (int)dilations[i], ceil, countPadding, operation);
        }

        return sides;
    }

    private static PoolingSide[] Parts(Tensor input, ReadOnlySpan<long> parts)
    {
        var sides = new[] { PoolingSide.Whole, PoolingSide.Whole, PoolingSide.Whole };
        for (var i = 0; i < parts.Length; i++)
        {
            sides[3 - parts.Length + i] = PoolingSide.Parts((int)input.Shape[input.Rank - parts.Length + i], (int)parts[i]);
        }

        return sides;
    }

    private static (Tensor, Tensor) MaxWithIndices(
        Tensor input, int dims, ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, bool ceil,
        string operation)
    {
        var raised = RaisedToThree(input, dims, operation);
        return Lowered(WindowPooling.Max(raised, Sides(input, dims, kernel, stride, padding, dilation, ceil, false, operation)), dims);
    }

    private static (Tensor, Tensor) AdaptiveMax(Tensor input, ReadOnlySpan<long> parts, string operation) =>
        Lowered(WindowPooling.Max(RaisedToThree(input, parts.Length, operation), Parts(input, parts)), parts.Length);

    private static Tensor RaisedToThree(Tensor input, int dims, string operation)
    {
        var raised = Raised(input, dims, operation);
        return dims == 1 ? raised.Unsqueeze(-3) : raised;
    }

    private static (Tensor, Tensor) Lowered((Tensor Values, Tensor Indices) pooled, int dims)
    {
        for (var i = dims; i < 3; i++)
        {
            pooled = (pooled.Values.Squeeze(-1 - dims), pooled.Indices.Squeeze(-1 - dims));
        }

        return pooled;
    }

    private static Tensor Unpool(
        Tensor input, Tensor indices, ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> output, int dims)
    {
        var operation = $"max_unpool{dims}d";
        var kernels = Sizes(kernel, dims, 1, $"{operation}: kernel_size");
        var strides = stride.IsEmpty ? kernels : Sizes(stride, dims, 1, $"{operation}: stride");
        var pads = Sizes(padding, dims, 0, $"{operation}: padding");
        var raised = RaisedToThree(input, dims, operation);
        Span<long> sizes = [1, 1, 1];
        for (var i = 0; i < dims; i++)
        {
            sizes[3 - dims + i] = output.IsEmpty
                ? ((input.Shape[input.Rank - dims + i] - 1) * strides[i]) - (2 * pads[i]) + kernels[i]
                : output[output.Length - dims + i];
        }

        var result = WindowPooling.Unpool(raised, RaisedToThree(indices, dims, operation), sizes);
        for (var i = dims; i < 3; i++)
        {
            result = result.Squeeze(-1 - dims);
        }

        return result;
    }
}
