using System.Numerics;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Pooling in up to three dimensions with windows of any kind, and with the places of what is largest. Images have a faster one in <see cref="Pooling"/>.
/// </summary>
internal static class WindowPooling
{
    /// <summary>The largest element of each window and where it is in its plane; NaN wins.</summary>
    /// <param name="input">[…, D, H, W].</param>
    /// <param name="sides">The windows along depth, height and width.</param>
    /// <returns>[…, D′, H′, W′] each.</returns>
    public static (Tensor Values, Tensor Indices) Max(Tensor input, PoolingSide[] sides)
    {
        if (input.Dtype is DType.Float32 or DType.Float64)
        {
            return input.Dtype == DType.Float32 ? Max<float>(input, sides) : Max<double>(input, sides);
        }

        var (values, indices) = Max<float>(Single(input), sides);
        return (values.As(input.Dtype), indices);
    }

    /// <summary>The mean of each window.</summary>
    /// <param name="input">[…, D, H, W].</param>
    /// <param name="sides">The windows along depth, height and width.</param>
    /// <param name="divisor">What the sums are divided by; what the windows count when null.</param>
    /// <returns>[…, D′, H′, W′].</returns>
    public static Tensor Average(Tensor input, PoolingSide[] sides, long? divisor) => input.Dtype switch
    {
        DType.Float32 => Average<float>(input, sides, divisor),
        DType.Float64 => Average<double>(input, sides, divisor),
        _ => Average<float>(Single(input), sides, divisor).As(input.Dtype),
    };

    private static (Tensor Values, Tensor Indices) Max<T>(Tensor input, PoolingSide[] sides)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var source = Prepare(input, sides, out var shape, out var planes);
        var (values, indices) = (Tensor.Allocate(input.Dtype, shape), Tensor.Allocate(DType.Int64, shape));
        var (z, y, x) = (sides[0], sides[1], sides[2]);
        var (inputs, outputs) = (z.Size * y.Size * x.Size, z.Output * y.Output * x.Output);
        Pieces.Run(planes, (long)planes * inputs * sizeof(float), plane =>
        {
            var from = Pointwise.Flat<T>(source).Slice(plane * inputs, inputs);
            var to = Pointwise.Flat<T>(values).Slice(plane * outputs, outputs);
            var places = Pointwise.Flat<long>(indices).Slice(plane * outputs, outputs);
            var next = 0;
            for (var oz = 0; oz < z.Output; oz++)
            {
                for (var oy = 0; oy < y.Output; oy++)
                {
                    for (var ox = 0; ox < x.Output; ox++)
                    {
                        var (largest, place) = (T.NegativeInfinity, ((z.First[oz] * y.Size) + y.First[oy]) * x.Size + x.First[ox]);
                        for (var iz = z.First[oz]; iz < z.End[oz]; iz += z.Step)
                        {
                            for (var iy = y.First[oy]; iy < y.End[oy]; iy += y.Step)
                            {
                                for (var ix = x.First[ox]; ix < x.End[ox]; ix += x.Step)
                                {
                                    var at = (((iz * y.Size) + iy) * x.Size) + ix;
                                    if (from[at] > largest || T.IsNaN(from[at]))
                                    {
                                        (largest, place) = (from[at], at);
                                    }
                                }
                            }
                        }

                        (to[next], places[next]) = (largest, place);
                        next++;
                    }
                }
            }
        });
        return (values, indices);
    }

    private static Tensor Average<T>(Tensor input, PoolingSide[] sides, long? divisor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var source = Prepare(input, sides, out var shape, out var planes);
        var result = Tensor.Allocate(input.Dtype, shape);
        var (z, y, x) = (sides[0], sides[1], sides[2]);
        var (inputs, outputs) = (z.Size * y.Size * x.Size, z.Output * y.Output * x.Output);
        Pieces.Run(planes, (long)planes * inputs * sizeof(float), plane =>
        {
            var from = Pointwise.Flat<T>(source).Slice(plane * inputs, inputs);
            var to = Pointwise.Flat<T>(result).Slice(plane * outputs, outputs);
            var next = 0;
            for (var oz = 0; oz < z.Output; oz++)
            {
                for (var oy = 0; oy < y.Output; oy++)
                {
                    for (var ox = 0; ox < x.Output; ox++)
                    {
                        var sum = T.Zero;
                        for (var iz = z.First[oz]; iz < z.End[oz]; iz++)
                        {
                            for (var iy = y.First[oy]; iy < y.End[oy]; iy++)
                            {
                                for (var ix = x.First[ox]; ix < x.End[ox]; ix++)
                                {
                                    sum += from[(((iz * y.Size) + iy) * x.Size) + ix];
                                }
                            }
                        }

                        to[next++] = sum / T.CreateTruncating(divisor ?? ((long)z.Count[oz] * y.Count[oy] * x.Count[ox]));
                    }
                }
            }
        });
        return result;
    }

    /// <summary>Zeros, but for given values at given places of each plane.</summary>
    /// <param name="input">[…, D, H, W].</param>
    /// <param name="indices">Places in a plane of the output, of the same shape.</param>
    /// <param name="sizes">Depth, height and width of the output.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a place is none.</exception>
    public static Tensor Unpool(Tensor input, Tensor indices, ReadOnlySpan<long> sizes)
    {
        if (input.Dtype != DType.Float32 && input.IsFloatingPoint())
        {
            // What is only moved is exact in double precision.
            return Unpool<double>(input.As(DType.Float64), indices, sizes).As(input.Dtype);
        }

        return Unpool<float>(input, indices, sizes);
    }

    private static Tensor Unpool<T>(Tensor input, Tensor indices, ReadOnlySpan<long> sizes)
        where T : unmanaged
    {
        if (!input.Shape.SequenceEqual(indices.Shape) || input.Dtype != ElementTypes.Of<T>() || indices.Dtype != DType.Int64)
        {
            throw new ArgumentException(
                $"max_unpool: values {input.Dtype} {Layout.Describe(input.Shape)} need places (Int64) of the same shape, but they are {indices.Dtype} "
                    + $"{Layout.Describe(indices.Shape)}.");
        }

        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        sizes.CopyTo(shape[^3..]);
        var result = Tensor.Allocate(input.Dtype, shape);
        result.Zero_();
        var (inputs, outputs) = ((int)Layout.Count(input.Shape[^3..]), (int)Layout.Count(sizes));
        var values = Pointwise.Flat<T>(input.AsContiguous());
        var places = Pointwise.Flat<long>(indices.AsContiguous());
        var target = Pointwise.Flat<T>(result);
        for (var i = 0; i < values.Length; i++)
        {
            if ((ulong)places[i] >= (ulong)outputs)
            {
                throw new ArgumentException($"max_unpool: place {places[i]} is none of the {outputs} of the output.");
            }

            target[(i / inputs * outputs) + (int)places[i]] = values[i];
        }

        return result;
    }

    private static Tensor Single(Tensor input) => input.IsFloatingPoint()
        ? input.As(DType.Float32)
        : throw new InvalidOperationException($"Pooling is not defined for {input.Dtype}.");

    private static Tensor Prepare(Tensor input, PoolingSide[] sides, out long[] shape, out int planes)
    {
        shape = [.. input.Shape[..^3], sides[0].Output, sides[1].Output, sides[2].Output];
        planes = (int)Layout.Count(input.Shape[..^3]);
        return input.AsContiguous();
    }
}
