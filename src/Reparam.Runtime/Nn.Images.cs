namespace Reparam.Runtime;

/// <content>Resizing and rearranging of images.</content>
public static partial class Nn
{
    /// <summary>Resizes the dimensions after the channels.</summary>
    [Counterpart("Upsample")]
    public static Upsample Upsample(
        long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool? align_corners = null,
        bool? recompute_scale_factor = null) => new(size, scale_factor, mode, align_corners, recompute_scale_factor);

    /// <summary>Channels to pixels.</summary>
    [Counterpart("PixelShuffle")]
    public static PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

    /// <summary>Pixels to channels.</summary>
    [Counterpart("PixelUnshuffle")]
    public static PixelUnshuffle PixelUnshuffle(long downscale_factor) => new(downscale_factor);

    /// <summary>Channels of groups, one of each group after the other.</summary>
    [Counterpart("ChannelShuffle")]
    public static ChannelShuffle ChannelShuffle(long groups) => new(groups);

    /// <summary>Square patches of images as columns.</summary>
    [Counterpart("Unfold")]
    public static Unfold Unfold(long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
        new((kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

    /// <summary>Patches of images as columns.</summary>
    [Counterpart("Unfold")]
    public static Unfold Unfold((long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
        new(kernel_size, dilation, padding, stride);

    /// <summary>Sums of square patches that are columns.</summary>
    [Counterpart("Fold")]
    public static Fold Fold(long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
        new((output_size, output_size), (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

    /// <summary>Sums of patches that are columns.</summary>
    [Counterpart("Fold")]
    public static Fold Fold(
        (long, long) output_size, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
        new(output_size, kernel_size, dilation, padding, stride);

    /// <summary>Splits a dimension into several.</summary>
    [Counterpart("Unflatten")]
    public static Unflatten Unflatten(long dim, long[] unflattened_size) => new(dim, unflattened_size);
}
