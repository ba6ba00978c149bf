namespace Reparam.Runtime;

/// <content>Convolutions, normalization, activations and pooling.</content>
public static partial class Nn
{
    /// <summary>An empty one-dimensional convolution.</summary>
    [Counterpart("Conv1d")]
    public static Conv1d Conv1d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = true) =>
        new(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias);

    /// <summary>An empty one-dimensional convolution.</summary>
    [Counterpart("Conv1d")]
    public static Conv1d Conv1d(
        long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, long groups = 1, bool bias = true) =>
        new(in_channels, out_channels, kernel_size, stride, ConvPadding.From(padding), dilation, groups, bias);

    /// <summary>An empty two-dimensional convolution with a square kernel.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = true) =>
        new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), padding, padding, (dilation, dilation), groups, bias);

    /// <summary>An empty two-dimensional convolution.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
        long groups = 1, bool bias = true) =>
        new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding?.Item1 ?? 0, padding?.Item2 ?? 0, dilation ?? (1, 1), groups, bias);

    /// <summary>An empty two-dimensional convolution with a square kernel.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, long groups = 1, bool bias = true) =>
        new(
            in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), ConvPadding.From(padding), ConvPadding.From(padding), (dilation, dilation),
            groups, bias);

    /// <summary>An empty layer normalization.</summary>
    [Counterpart("LayerNorm")]
    public static LayerNorm LayerNorm(
        ReadOnlySpan<long> normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(normalized_shape, eps, elementwise_affine, bias);

    /// <summary>An empty layer normalization over the last dimension.</summary>
    [Counterpart("LayerNorm")]
    public static LayerNorm LayerNorm(
        long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null, DType? dtype = null) =>
        new([normalized_shape], eps, elementwise_affine, bias);

    /// <summary>An empty batch normalization. (The momentum counts in training only.)</summary>
    [Counterpart("BatchNorm1d")]
    public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true) => new(num_features, eps, affine);

    /// <summary>An empty batch normalization. (The momentum counts in training only.)</summary>
    [Counterpart("BatchNorm2d")]
    public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true) => new(num_features, eps, affine);

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("Dropout")]
    public static Dropout Dropout(double p = 0.5, bool inplace = false) => new();

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("GELU")]
    public static GELU GELU() => new(GeluApproximate.None, inPlace: false);

    /// <summary>x·Φ(x), with the error function or its tanh approximation; in place, the input is overwritten and given back.</summary>
    [Counterpart("GELU")]
    public static GELU GELU(GeluApproximate approximate, bool inplace = false) => new(approximate, inplace);

    /// <summary>max(x, 0); in place, the input is overwritten and given back.</summary>
    [Counterpart("ReLU")]
    public static ReLU ReLU(bool inplace = false) => new(inplace);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("SiLU")]
    public static SiLU SiLU() => new(false);

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("Tanh")]
    public static Tanh Tanh() => new(false);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("Sigmoid")]
    public static Sigmoid Sigmoid() => new(false);

    /// <summary>Softmax along a dimension.</summary>
    [Counterpart("Softmax")]
    public static Softmax Softmax(long dim) => new(dim);

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    [Counterpart("LogSoftmax")]
    public static LogSoftmax LogSoftmax(long dim) => new(dim);

    /// <summary>Merges dimensions.</summary>
    [Counterpart("Flatten")]
    public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

    /// <summary>The input.</summary>
    [Counterpart("Identity")]
    public static Identity Identity() => new();

    /// <summary>Largest element of each square window.</summary>
    [Counterpart("MaxPool2d")]
    public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        new((kernel_size, kernel_size), Square(stride), Square(padding), Square(dilation), ceil_mode);

    /// <summary>Largest element of each window.</summary>
    [Counterpart("MaxPool2d")]
    public static MaxPool2d MaxPool2d(
        (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
        new(kernel_size, stride, padding, dilation, ceil_mode);

    /// <summary>Mean of each square window.</summary>
    [Counterpart("AvgPool2d")]
    public static AvgPool2d AvgPool2d(
        long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
        new((kernel_size, kernel_size), Square(stride), Square(padding), ceil_mode, count_include_pad, divisor_override);

    /// <summary>Mean of each window.</summary>
    [Counterpart("AvgPool2d")]
    public static AvgPool2d AvgPool2d(
        (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true,
        long? divisor_override = null) => new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

    /// <summary>Means of a given number of parts.</summary>
    [Counterpart("AdaptiveAvgPool2d")]
    public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(output_size);

    /// <summary>Means of as many parts along both sides.</summary>
    [Counterpart("AdaptiveAvgPool2d")]
    public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new((output_size, output_size));

    private static (long, long)? Square(long? side) => side is { } value ? (value, value) : null;
}
