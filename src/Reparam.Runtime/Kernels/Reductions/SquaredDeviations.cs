using System.Numerics;
using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Sum of squared distances from the mean, in two passes.</summary>
internal readonly struct SquaredDeviations : IReduction<float, float>
{
    private const int Block = 1024;

    public static float Apply(ReadOnlySpan<float> x) => Around(x, SumFloat.Apply(x) / x.Length);

    /// <summary>Sum of squared distances from a centre; the sums of blocks are added in double precision.</summary>
    public static float Around(ReadOnlySpan<float> x, float centre)
    {
        var sum = 0.0;
        for (var start = 0; start < x.Length; start += Block)
        {
            sum += AroundBlock(x.Slice(start, Math.Min(Block, x.Length - start)), centre);
        }

        return (float)sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float AroundBlock(ReadOnlySpan<float> x, float centre)
    {
        var lanes = Vector<float>.Count;
        var centres = new Vector<float>(centre);
        Vector<float> first = default, second = default;
        var i = 0;
        for (; i + (2 * lanes) <= x.Length; i += 2 * lanes)
        {
            var (a, b) = (new Vector<float>(x[i..]) - centres, new Vector<float>(x[(i + lanes)..]) - centres);
            first += a * a;
            second += b * b;
        }

        var sum = Vector.Sum(first + second);
        for (; i < x.Length; i++)
        {
            sum += (x[i] - centre) * (x[i] - centre);
        }

        return sum;
    }
}
