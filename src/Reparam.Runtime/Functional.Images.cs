using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Resizing and rearranging of images.</content>
public static partial class Functional
{
    /// <summary>Resizes the dimensions after the channels.</summary>
    /// <param name="x">[N, C, L], [N, C, H, W] or [N, C, D, H, W].</param>
    /// <param name="size">Sizes after; or <paramref name="scale_factor"/>.</param>
    /// <param name="scale_factor">Factors, one for each dimension; or <paramref name="size"/>.</param>
    /// <param name="mode">How values between pixels are found.</param>
    /// <param name="align_corners">Whether the corners stay where they are; only of the linear and cubic modes.</param>
    /// <param name="recompute_scale_factor">Whether the sizes give the factors, not the factors that are given.</param>
    /// <param name="antialias">Whether a smaller image is made of all that it covers; only of <c>Bilinear</c> and <c>Bicubic</c>.</param>
    /// <exception cref="ArgumentException">The arguments do not fit the input or the mode.</exception>
    [Counterpart("interpolate")]
    public static Tensor Interpolate(
        Tensor x, ReadOnlySpan<long> size = default, ReadOnlySpan<double> scale_factor = default, InterpolationMode mode = InterpolationMode.Nearest,
        bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
    {
        var dims = x.Rank - 2;
        if (dims is < 1 or > 3 || (mode is InterpolationMode.Linear && dims != 1)
            || (mode is InterpolationMode.Bilinear or InterpolationMode.Bicubic && dims != 2) || (mode is InterpolationMode.Trilinear && dims != 3))
        {
            throw new ArgumentException($"interpolate: {mode} does not fit the input {Layout.Describe(x.Shape)}.");
        }

        if (size.IsEmpty == scale_factor.IsEmpty || (!size.IsEmpty && size.Length != dims) || (!scale_factor.IsEmpty && scale_factor.Length != dims))
        {
            throw new ArgumentException($"interpolate: {dims} sizes or {dims} factors are expected, but there are {size.Length} and {scale_factor.Length}.");
        }

        if (align_corners is not null && mode is InterpolationMode.Nearest or InterpolationMode.Area)
        {
            throw new ArgumentException($"interpolate: align_corners does not fit {mode}.");
        }

        if (antialias && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
        {
            throw new ArgumentException($"interpolate: antialias does not fit {mode}.");
        }

        var sizes = new long[dims];
        for (var i = 0; i < dims; i++)
        {
            sizes[i] = size.IsEmpty ? (long)Math.Floor(x.Shape[i + 2] * scale_factor[i]) : size[i];
            if (sizes[i] < 1 || x.Shape[i + 2] < 1)
            {
                throw new ArgumentException($"interpolate: {Layout.Describe(x.Shape)} cannot be resized to a side of {sizes[i]}.");
            }
        }

        if (mode == InterpolationMode.Area)
        {
            return dims == 1 ? AdaptiveAvgPool1d(x, sizes[0]) : dims == 2 ? AdaptiveAvgPool2d(x, sizes) : AdaptiveAvgPool3d(x, sizes);
        }

        for (var i = dims - 1; i >= 0; i--)
        {
            double? factor = scale_factor.IsEmpty || recompute_scale_factor ? null : scale_factor[i];
            var (before, after, align) = ((int)x.Shape[i + 2], (int)sizes[i], align_corners == true);
            x = Resampling.Run(x, i + 2, mode switch
            {
                InterpolationMode.Nearest => ResamplingTaps.Nearest(before, after, factor, exact: false),
                InterpolationMode.NearestExact => ResamplingTaps.Nearest(before, after, factor, exact: true),
                _ when antialias => ResamplingTaps.Smooth(before, after, factor, align, mode == InterpolationMode.Bicubic),
                InterpolationMode.Bicubic => ResamplingTaps.Cubic(before, after, factor, align),
                _ => ResamplingTaps.Linear(before, after, factor, align),
            });
        }

        return x;
    }

    /// <summary>Resizes as <see cref="Interpolate"/> does. The nearest mode is refused, as TorchSharp refuses it.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit the input or the mode.</exception>
    [Counterpart("upsample")]
    public static Tensor Upsample(
        Tensor input, ReadOnlySpan<long> size = default, ReadOnlySpan<double> scale_factor = default, UpsampleMode mode = UpsampleMode.Nearest,
        bool align_corners = false) => Interpolate(input, size, scale_factor, (InterpolationMode)mode, align_corners);

    /// <summary>Resizes by four neighbours.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit the input.</exception>
    [Counterpart("upsample_bilinear")]
    public static Tensor UpsampleBilinear(
        Tensor x, ReadOnlySpan<long> size = default, ReadOnlySpan<double> scale_factor = default, bool align_corners = false) =>
        Interpolate(x, size, scale_factor, InterpolationMode.Bilinear, align_corners);

    /// <summary>Resizes rows by the nearest element.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit the input.</exception>
    [Counterpart("upsample_nearest1d")]
    public static Tensor UpsampleNearest1d(Tensor input, long? outputSize, double? scaleFactor) =>
        Interpolate(input, Optional(outputSize), scaleFactor is { } factor ? [factor] : default);

    /// <summary>Resizes images by the nearest pixel.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit the input.</exception>
    [Counterpart("upsample_nearest2d")]
    public static Tensor UpsampleNearest2d(Tensor input, ReadOnlySpan<long> outputSizes = default, ReadOnlySpan<double> scaleFactors = default) =>
        Interpolate(input, outputSizes, scaleFactors);

    /// <summary>Resizes volumes by the nearest element.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit the input.</exception>
    [Counterpart("upsample_nearest3d")]
    public static Tensor UpsampleNearest3d(Tensor input, ReadOnlySpan<long> outputSizes = default, ReadOnlySpan<double> scaleFactors = default) =>
        Interpolate(input, outputSizes, scaleFactors);

    /// <summary>Channels to pixels: […, C·r², H, W] → […, C, H·r, W·r].</summary>
    /// <exception cref="ArgumentException">The channels are no multiple of r².</exception>
    [Counterpart("pixel_shuffle")]
    public static Tensor PixelShuffle(Tensor input, long upscale_factor)
    {
        var r = upscale_factor;
        if (input.Rank < 3 || r < 1 || input.Shape[^3] % (r * r) != 0)
        {
            throw new ArgumentException($"pixel_shuffle: the input {Layout.Describe(input.Shape)} must be […, C, H, W] with a multiple of {r * r} channels.");
        }

        var (channels, height, width) = (input.Shape[^3] / (r * r), input.Shape[^2], input.Shape[^1]);
        return input.Reshape(-1, channels, r, r, height, width).Permute(0, 1, 4, 2, 5, 3).Reshape([.. input.Shape[..^3], channels, height * r, width * r]);
    }

    /// <summary>Pixels to channels: […, C, H·r, W·r] → […, C·r², H, W].</summary>
    /// <exception cref="ArgumentException">Height or width is no multiple of r.</exception>
    [Counterpart("pixel_unshuffle")]
    public static Tensor PixelUnshuffle(Tensor input, long downscale_factor)
    {
        var r = downscale_factor;
        if (input.Rank < 3 || r < 1 || input.Shape[^2] % r != 0 || input.Shape[^1] % r != 0)
        {
            throw new ArgumentException($"pixel_unshuffle: the input {Layout.Describe(input.Shape)} must be […, C, H, W] with sides divisible by {r}.");
        }

        var (channels, height, width) = (input.Shape[^3], input.Shape[^2] / r, input.Shape[^1] / r);
        return input.Reshape(-1, channels, height, r, width, r).Permute(0, 1, 3, 5, 2, 4).Reshape([.. input.Shape[..^3], channels * r * r, height, width]);
    }

    /// <summary>Patches of images as columns: [N, C, H, W] → [N, C·patch, patches].</summary>
    /// <exception cref="ArgumentException">The patches do not fit.</exception>
    [Counterpart("unfold")]
    public static Tensor Unfold(
        Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
        Patches.Unfold(input, kernel_size, dilation ?? (1, 1), padding ?? (0, 0), stride ?? (1, 1));

    /// <summary>Square patches of images as columns: [N, C, H, W] → [N, C·patch, patches].</summary>
    /// <exception cref="ArgumentException">The patches do not fit.</exception>
    [Counterpart("unfold")]
    public static Tensor Unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
        Unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

    /// <summary>Sums of patches that are columns: [N, C·patch, patches] → [N, C, H, W].</summary>
    /// <exception cref="ArgumentException">The patches do not fit.</exception>
    [Counterpart("fold")]
    public static Tensor Fold(
        Tensor input, (long, long) output_size, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null,
        (long, long)? stride = null) => Patches.Fold(input, output_size, kernel_size, dilation ?? (1, 1), padding ?? (0, 0), stride ?? (1, 1));

    /// <summary>Sums of square patches that are columns: [N, C·patch, patches] → [N, C, H, W].</summary>
    /// <exception cref="ArgumentException">The patches do not fit.</exception>
    [Counterpart("fold")]
    public static Tensor Fold(Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
        Fold(input, (output_size, output_size), (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));
}
