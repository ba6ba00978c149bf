namespace Reparam.Runtime;

/// <content>Pooling.</content>
public static partial class Nn
{
    /// <summary>Largest element of each window.</summary>
    [Counterpart("MaxPool1d")]
    public static MaxPool1d MaxPool1d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        new(kernel_size, stride, padding, dilation, ceil_mode);

    /// <summary>Mean of each window.</summary>
    [Counterpart("AvgPool1d")]
    public static AvgPool1d AvgPool1d(long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true) =>
        new(kernel_size, stride, padding, ceil_mode, count_include_pad);

    /// <summary>Largest element of each window of equal sides.</summary>
    [Counterpart("MaxPool2d")]
    public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        new([kernel_size], One(stride), One(padding), One(dilation), ceil_mode);

    /// <summary>Largest element of each window.</summary>
    [Counterpart("MaxPool2d")]
    public static MaxPool2d MaxPool2d(
        (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
        new(Two(kernel_size), Two(stride), Two(padding), Two(dilation), ceil_mode);

    /// <summary>Largest element of each window.</summary>
    [Counterpart("MaxPool2d")]
    public static MaxPool2d MaxPool2d(
        long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
        new(kernel_size, stride, padding, dilation, ceil_mode);

    /// <summary>Mean of each window of equal sides.</summary>
    [Counterpart("AvgPool2d")]
    public static AvgPool2d AvgPool2d(
        long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
        new([kernel_size], One(stride), One(padding), ceil_mode, count_include_pad, divisor_override);

    /// <summary>Mean of each window.</summary>
    [Counterpart("AvgPool2d")]
    public static AvgPool2d AvgPool2d(
        (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true,
        long? divisor_override = null) =>
        new(Two(kernel_size), Two(stride), Two(padding), ceil_mode, count_include_pad, divisor_override);

    /// <summary>Mean of each window.</summary>
    [Counterpart("AvgPool2d")]
    public static AvgPool2d AvgPool2d(
        long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true,
        long? divisor_override = null) => new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

    /// <summary>Means of a given number of parts.</summary>
    [Counterpart("AdaptiveAvgPool2d")]
    public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(Two(output_size));

    /// <summary>Means of as many parts along all sides.</summary>
    [Counterpart("AdaptiveAvgPool2d")]
    public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size]);

    /// <summary>Means of a given number of parts.</summary>
    [Counterpart("AdaptiveAvgPool2d")]
    public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

    /// <summary>Largest elements of a given number of parts.</summary>
    [Counterpart("AdaptiveMaxPool2d")]
    public static AdaptiveMaxPool2d AdaptiveMaxPool2d(long[] output_size) => new(output_size);

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool2d")]
    public static MaxUnpool2d MaxUnpool2d(long kernel_size, long? stride = null, long? padding = null) =>
        new([kernel_size], One(stride), One(padding));

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool2d")]
    public static MaxUnpool2d MaxUnpool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null) =>
        new(Two(kernel_size), Two(stride), Two(padding));

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool2d")]
    public static MaxUnpool2d MaxUnpool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null) => new(kernel_size, stride, padding);

    /// <summary>Largest element of each window of equal sides.</summary>
    [Counterpart("MaxPool3d")]
    public static MaxPool3d MaxPool3d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
        new([kernel_size], One(stride), One(padding), One(dilation), ceil_mode);

    /// <summary>Largest element of each window.</summary>
    [Counterpart("MaxPool3d")]
    public static MaxPool3d MaxPool3d(
        (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null,
        bool ceil_mode = false) =>
        new(Three(kernel_size), Three(stride), Three(padding), Three(dilation), ceil_mode);

    /// <summary>Largest element of each window.</summary>
    [Counterpart("MaxPool3d")]
    public static MaxPool3d MaxPool3d(
        long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
        new(kernel_size, stride, padding, dilation, ceil_mode);

    /// <summary>Mean of each window of equal sides.</summary>
    [Counterpart("AvgPool3d")]
    public static AvgPool3d AvgPool3d(
        long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
        new([kernel_size], One(stride), One(padding), ceil_mode, count_include_pad, divisor_override);

    /// <summary>Mean of each window.</summary>
    [Counterpart("AvgPool3d")]
    public static AvgPool3d AvgPool3d(
        (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, bool ceil_mode = false,
        bool count_include_pad = true, long? divisor_override = null) =>
        new(Three(kernel_size), Three(stride), Three(padding), ceil_mode, count_include_pad, divisor_override);

    /// <summary>Mean of each window.</summary>
    [Counterpart("AvgPool3d")]
    public static AvgPool3d AvgPool3d(
        long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true,
        long? divisor_override = null) => new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

    /// <summary>Means of a given number of parts.</summary>
    [Counterpart("AdaptiveAvgPool3d")]
    public static AdaptiveAvgPool3d AdaptiveAvgPool3d((long, long, long) output_size) => new(Three(output_size));

    /// <summary>Means of as many parts along all sides.</summary>
    [Counterpart("AdaptiveAvgPool3d")]
    public static AdaptiveAvgPool3d AdaptiveAvgPool3d(long output_size) => new([output_size]);

    /// <summary>Means of a given number of parts.</summary>
    [Counterpart("AdaptiveAvgPool3d")]
    public static AdaptiveAvgPool3d AdaptiveAvgPool3d(long[] output_size) => new(output_size);

    /// <summary>Largest elements of a given number of parts.</summary>
    [Counterpart("AdaptiveMaxPool3d")]
    public static AdaptiveMaxPool3d AdaptiveMaxPool3d(long[] output_size) => new(output_size);

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool3d")]
    public static MaxUnpool3d MaxUnpool3d(long kernel_size, long? stride = null, long? padding = null) =>
        new([kernel_size], One(stride), One(padding));

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool3d")]
    public static MaxUnpool3d MaxUnpool3d((long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null) =>
        new(Three(kernel_size), Three(stride), Three(padding));

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool3d")]
    public static MaxUnpool3d MaxUnpool3d(long[] kernel_size, long[]? stride = null, long[]? padding = null) => new(kernel_size, stride, padding);

    /// <summary>Means of a given number of parts.</summary>
    [Counterpart("AdaptiveAvgPool1d")]
    public static AdaptiveAvgPool1d AdaptiveAvgPool1d(long output_size) => new(output_size);

    /// <summary>Largest elements of a given number of parts.</summary>
    [Counterpart("AdaptiveMaxPool1d")]
    public static AdaptiveMaxPool1d AdaptiveMaxPool1d(long output_size) => new(output_size);

    /// <summary>Puts the largest elements of windows back to where they were.</summary>
    [Counterpart("MaxUnpool1d")]
    public static MaxUnpool1d MaxUnpool1d(long kernel_size, long? stride = null, long? padding = null) => new(kernel_size, stride, padding);

    /// <summary>The p-norm of each window.</summary>
    [Counterpart("LPPool1d")]
    public static LPPool1d LPPool1d(double norm_type, long kernel_size, long? stride = null, bool ceil_mode = false) =>
        new(norm_type, kernel_size, stride, ceil_mode);

    /// <summary>The p-norm of each square window.</summary>
    [Counterpart("LPPool2d")]
    public static LPPool2d LPPool2d(double norm_type, long kernel_size, long? stride = null, bool ceil_mode = false) =>
        new(norm_type, [kernel_size], One(stride), ceil_mode);

    /// <summary>The p-norm of each window.</summary>
    [Counterpart("LPPool2d")]
    public static LPPool2d LPPool2d(double norm_type, long[] kernel_size, long[]? stride = null, bool ceil_mode = false) =>
        new(norm_type, kernel_size, stride, ceil_mode);

    private static long[]? One(long? side) => side is { } value ? [value] : null;

    private static long[]? Two((long, long)? pair) => pair is { } given ? Two(given) : null;

    private static long[]? Three((long, long, long)? triple) => triple is { } given ? Three(given) : null;
}
