using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>Reads images and volumes at places between their elements.</summary>
internal static class GridSampling
{
    /// <summary>[N, C, (D,) H, W] at the places [N, (D′,) H′, W′, 2 or 3] → [N, C, (D′,) H′, W′].</summary>
    public static Tensor Run(Tensor input, Tensor grid, GridSampleMode mode, GridSamplePaddingMode padding, bool alignCorners)
    {
        var dims = input.Rank - 2;
        if (dims is not (2 or 3) || grid.Rank != input.Rank || grid.Shape[^1] != dims || grid.Shape[0] != input.Shape[0] || input.Dtype != grid.Dtype)
        {
            throw new ArgumentException(
                $"grid_sample takes images [N, C, H, W] and places [N, H′, W′, 2], or volumes and [N, D′, H′, W′, 3], of one type; not "
                    + $"{Layout.Describe(input.Shape)} of {input.Dtype} and {Layout.Describe(grid.Shape)} of {grid.Dtype}.");
        }

        return input.Dtype switch
        {
            DType.Float32 => Run<float>(input, grid, mode, padding, alignCorners),
            DType.Float64 => Run<double>(input, grid, mode, padding, alignCorners),
            _ when input.IsFloatingPoint() => Run<float>(input.As(DType.Float32), grid.As(DType.Float32), mode, padding, alignCorners).As(input.Dtype),
            _ => throw new InvalidOperationException($"grid_sample: the elements must be floating-point numbers, not {input.Dtype}."),
        };
    }

    private static Tensor Run<T>(Tensor input, Tensor grid, GridSampleMode mode, GridSamplePaddingMode padding, bool alignCorners)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var dims = input.Rank - 2;
        var result = Tensor.Allocate(input.Dtype, [.. input.Shape[..2], .. grid.Shape[1..^1]]);
        int[] sizes = [.. input.Shape[2..].ToArray().Select(size => (int)size)];
        var (channels, plane) = ((int)input.Shape[1], (int)Layout.Count(input.Shape[2..]));
        var places = (int)Layout.Count(grid.Shape[1..^1]);
        var source = Pointwise.Flat<T>(input.AsContiguous());
        var positions = Pointwise.Flat<T>(grid.AsContiguous());
        var target = Pointwise.Flat<T>(result);
        Span<T> position = stackalloc T[dims];
        for (var place = 0; place < input.Shape[0] * places; place++)
        {
            // The last number of a place is that of the first dimension.
            for (var dim = 0; dim < dims; dim++)
            {
                position[dim] = Place(positions[place * dims + dims - 1 - dim], sizes[dim], padding, alignCorners);
            }

            var first = place / places * channels;
            for (var channel = 0; channel < channels; channel++)
            {
                var values = source.Slice((first + channel) * plane, plane);
                target[(first + channel) * places + place % places] = mode == GridSampleMode.Nearest
                    ? Nearest(values, sizes, position)
                    : Between(values, sizes, position);
            }
        }

        return result;
    }

    private static T Nearest<T>(ReadOnlySpan<T> values, int[] sizes, ReadOnlySpan<T> position)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var index = 0;
        for (var dim = 0; dim < sizes.Length; dim++)
        {
            var at = T.Round(position[dim], MidpointRounding.ToEven);
            if (!(at >= T.Zero && at < T.CreateTruncating(sizes[dim])))
            {
                return T.Zero;
            }

            index = index * sizes[dim] + int.CreateTruncating(at);
        }

        return values[index];
    }

    // The neighbours on both sides in each dimension, weighed by their nearness; what lies outside counts as zero.
    private static T Between<T>(ReadOnlySpan<T> values, int[] sizes, ReadOnlySpan<T> position)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        for (var corner = 0; corner < 1 << sizes.Length; corner++)
        {
            var (index, weight, isInside) = (0, T.One, true);
            for (var dim = 0; dim < sizes.Length && isInside; dim++)
            {
                var low = T.Floor(position[dim]);
                var isHigh = (corner >> dim & 1) != 0;
                var at = isHigh ? low + T.One : low;
                weight *= isHigh ? position[dim] - low : low + T.One - position[dim];
                isInside = at >= T.Zero && at < T.CreateTruncating(sizes[dim]);
                index = isInside ? index * sizes[dim] + int.CreateTruncating(at) : 0;
            }

            sum += isInside ? values[index] * weight : T.Zero;
        }

        return sum;
    }

    // From −1 … 1 to elements, and into the image where the mode says so.
    private static T Place<T>(T value, int size, GridSamplePaddingMode padding, bool alignCorners)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (count, half, two) = (T.CreateTruncating(size), T.CreateTruncating(0.5), T.CreateTruncating(2));
        var place = alignCorners ? (value + T.One) * half * (count - T.One) : ((value + T.One) * count - T.One) * half;
        if (padding == GridSamplePaddingMode.Zeros)
        {
            return place;
        }

        if (padding == GridSamplePaddingMode.Reflection)
        {
            var (low, span) = alignCorners ? (T.Zero, count - T.One) : (-half, count);
            place = span == T.Zero ? T.Zero : Reflected(place, low, span, two);
        }

        return T.IsNaN(place) ? T.Zero : T.Clamp(place, T.Zero, count - T.One);
    }

    private static T Reflected<T>(T place, T low, T span, T two)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var distance = T.Abs(place - low);
        var rest = distance % span;
        return T.Floor(distance / span) % two == T.Zero ? rest + low : span - rest + low;
    }
}
