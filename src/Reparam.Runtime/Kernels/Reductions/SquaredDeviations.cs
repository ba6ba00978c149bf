using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Sum of squared distances from the mean, in two passes.</summary>
internal readonly struct SquaredDeviations : IReduction<float, float>
{
    private const int Chunk = 1024;

    public static float Apply(ReadOnlySpan<float> x) => Around(x, SumFloat.Apply(x) / x.Length);

    /// <summary>Sum of squared distances from a centre.</summary>
    public static float Around(ReadOnlySpan<float> x, float centre)
    {
        Span<float> buffer = stackalloc float[Chunk];
        var sum = 0.0;
        for (var start = 0; start < x.Length; start += Chunk)
        {
            var part = buffer[..Math.Min(Chunk, x.Length - start)];
            TensorPrimitives.Subtract(x.Slice(start, part.Length), centre, part);
            sum += TensorPrimitives.SumOfSquares<float>(part);
        }

        return (float)sum;
    }
}
