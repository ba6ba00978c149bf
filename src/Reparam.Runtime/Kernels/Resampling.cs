using System.Numerics.Tensors;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>Resizes a tensor, one side after the other.</summary>
internal static class Resampling
{
    /// <summary>Resizes one dimension.</summary>
    /// <param name="input">Single precision.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="taps">What each position is made of.</param>
    public static Tensor Run(Tensor input, int dim, ResamplingTaps taps)
    {
        if (input.Dtype != DType.Float32)
        {
            throw new InvalidOperationException($"interpolate is not defined for {input.Dtype}.");
        }

        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[dim] = taps.Output;
        var (source, result) = (input.AsContiguous(), Tensor.Allocate(DType.Float32, shape));
        var (outer, inner) = ((int)Layout.Count(shape[..dim]), (int)Layout.Count(shape[(dim + 1)..]));
        Pieces.Run(outer, (long)sizeof(float) * result.Count * taps.Taps, plane =>
        {
            var from = Pointwise.Flat<float>(source).Slice(plane * taps.Size * inner, taps.Size * inner);
            var to = Pointwise.Flat<float>(result).Slice(plane * taps.Output * inner, taps.Output * inner);
            for (var i = 0; i < taps.Output; i++)
            {
                var places = taps.Places.AsSpan(i * taps.Taps, taps.Taps);
                var weights = taps.Weights.AsSpan(i * taps.Taps, taps.Taps);
                var row = to.Slice(i * inner, inner);
                if (inner == 1)
                {
                    row[0] = from[places[0]] * weights[0];
                    for (var tap = 1; tap < places.Length; tap++)
                    {
                        row[0] += from[places[tap]] * weights[tap];
                    }

                    continue;
                }

                TensorPrimitives.Multiply(from.Slice(places[0] * inner, inner), weights[0], row);
                for (var tap = 1; tap < places.Length; tap++)
                {
                    TensorPrimitives.MultiplyAdd(from.Slice(places[tap] * inner, inner), weights[tap], row, row);
                }
            }
        });
        return result;
    }
}
