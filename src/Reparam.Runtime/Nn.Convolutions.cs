namespace Reparam.Runtime;

/// <content>Convolutions.</content>
public static partial class Nn
{
    /// <summary>An empty one-dimensional convolution.</summary>
    [Counterpart("Conv1d")]
    public static Conv1d Conv1d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias);

    /// <summary>An empty one-dimensional convolution.</summary>
    [Counterpart("Conv1d")]
    public static Conv1d Conv1d(
        long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(in_channels, out_channels, kernel_size, stride, ConvPadding.From(padding), dilation, padding_mode, groups, bias);

    /// <summary>An empty two-dimensional convolution with a square kernel.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), padding, padding, (dilation, dilation), padding_mode, groups, bias);

    /// <summary>An empty two-dimensional convolution.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, kernel_size, stride ?? (1, 1), padding?.Item1 ?? 0, padding?.Item2 ?? 0, dilation ?? (1, 1), padding_mode, groups,
            bias);

    /// <summary>An empty two-dimensional convolution with a square kernel.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), ConvPadding.From(padding), ConvPadding.From(padding), (dilation, dilation),
            padding_mode, groups, bias);

    /// <summary>An empty two-dimensional convolution.</summary>
    [Counterpart("Conv2d")]
    public static Conv2d Conv2d(
        long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, kernel_size, stride ?? (1, 1), ConvPadding.From(padding), ConvPadding.From(padding), dilation ?? (1, 1), padding_mode,
            groups, bias);

    /// <summary>An empty three-dimensional convolution with a cubic kernel.</summary>
    [Counterpart("Conv3d")]
    public static Conv3d Conv3d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, [kernel_size, kernel_size, kernel_size], [stride, stride, stride], [padding, padding, padding],
            [dilation, dilation, dilation], padding_mode, groups, bias);

    /// <summary>An empty three-dimensional convolution.</summary>
    [Counterpart("Conv3d")]
    public static Conv3d Conv3d(
        long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null,
        (long, long, long)? dilation = null,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null)
    {
        var (depth, height, width) = padding ?? (0, 0, 0);
        return new(
            in_channels, out_channels, Three(kernel_size), Three(stride ?? (1, 1, 1)), [depth, height, width], Three(dilation ?? (1, 1, 1)), padding_mode,
            groups, bias);
    }

    /// <summary>An empty three-dimensional convolution with a cubic kernel.</summary>
    [Counterpart("Conv3d")]
    public static Conv3d Conv3d(
        long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        Conv3d(
            in_channels, out_channels, (kernel_size, kernel_size, kernel_size), padding, (stride, stride, stride), (dilation, dilation, dilation), padding_mode,
            groups, bias);

    /// <summary>An empty three-dimensional convolution.</summary>
    [Counterpart("Conv3d")]
    public static Conv3d Conv3d(
        long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null,
        (long, long, long)? dilation = null,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null)
    {
        var side = ConvPadding.From(padding);
        return new(
            in_channels, out_channels, Three(kernel_size), Three(stride ?? (1, 1, 1)), [side, side, side], Three(dilation ?? (1, 1, 1)), padding_mode, groups,
            bias);
    }

    /// <summary>An empty transposed convolution.</summary>
    [Counterpart("ConvTranspose1d")]
    public static ConvTranspose1d ConvTranspose1d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, [kernel_size], [stride], [padding], [output_padding],
            [dilation], padding_mode, groups, bias);

    /// <summary>An empty transposed convolution.</summary>
    [Counterpart("ConvTranspose2d")]
    public static ConvTranspose2d ConvTranspose2d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], [output_padding, output_padding],
            [dilation, dilation], padding_mode, groups, bias);

    /// <summary>An empty transposed convolution. As in TorchSharp, the first output padding counts for all dimensions.</summary>
    [Counterpart("ConvTranspose2d")]
    public static ConvTranspose2d ConvTranspose2d(
        long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
        (long, long)? output_padding = null, (long, long)? dilation = null,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, Two(kernel_size), Two(stride ?? (1, 1)), Two(padding ?? (0, 0)),
            [output_padding?.Item1 ?? 0, output_padding?.Item1 ?? 0], Two(dilation ?? (1, 1)), padding_mode, groups, bias);

    /// <summary>An empty transposed convolution.</summary>
    [Counterpart("ConvTranspose3d")]
    public static ConvTranspose3d ConvTranspose3d(
        long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, [kernel_size, kernel_size, kernel_size], [stride, stride, stride], [padding, padding, padding],
            [output_padding, output_padding, output_padding],
            [dilation, dilation, dilation], padding_mode, groups, bias);

    /// <summary>An empty transposed convolution. As in TorchSharp, the first output padding counts for all dimensions.</summary>
    [Counterpart("ConvTranspose3d")]
    public static ConvTranspose3d ConvTranspose3d(
        long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null,
        (long, long, long)? output_padding = null, (long, long, long)? dilation = null,
        PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(
            in_channels, out_channels, Three(kernel_size), Three(stride ?? (1, 1, 1)), Three(padding ?? (0, 0, 0)),
            [output_padding?.Item1 ?? 0, output_padding?.Item1 ?? 0, output_padding?.Item1 ?? 0], Three(dilation ?? (1, 1, 1)), padding_mode, groups, bias);

    private static long[] Two((long, long) pair) => [pair.Item1, pair.Item2];

    private static long[] Three((long, long, long) triple) => [triple.Item1, triple.Item2, triple.Item3];
}
