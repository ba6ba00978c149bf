using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Kernels;

/// <summary>The softmax of a row of scores, up to a common factor that is applied to what the weights mix.</summary>
internal static unsafe class SoftmaxWeights
{
    /// <summary>Replaces scores by e^(score − largest).</summary>
    /// <param name="scores">[count]; memory for the next multiple of 8 must follow, whose contents are overwritten.</param>
    /// <param name="count">Number of scores.</param>
    /// <returns>1 / their sum; 0 when there is no score above minus infinity, as in libtorch.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static float Exponentiate(float* scores, int count)
    {
        // The row is filled up with scores that weigh nothing.
        var end = (count + Vector256<float>.Count - 1) & ~(Vector256<float>.Count - 1);
        for (var i = count; i < end; i++)
        {
            scores[i] = float.NegativeInfinity;
        }

        var maxima = Vector256.Create(float.NegativeInfinity);
        for (var i = 0; i < end; i += Vector256<float>.Count)
        {
            maxima = Vector256.MaxNative(maxima, Vector256.Load(scores + i));
        }

        // A NaN may be lost here; it comes back with its own weight.
        var four = Vector128.MaxNative(maxima.GetLower(), maxima.GetUpper());
        var two = Vector128.MaxNative(four, VectorParts.Odd(four, four));
        var largest = Math.Max(two[0], two[2]);
        if (largest == float.NegativeInfinity)
        {
            return NothingVisible(scores, end);
        }

        var sums = Vector256<float>.Zero;
        var shift = Vector256.Create(largest);
        for (var i = 0; i < end; i += Vector256<float>.Count)
        {
            var weights = NonPositiveExponential.Evaluate(Vector256.Load(scores + i) - shift);
            weights.Store(scores + i);
            sums += weights;
        }

        return 1 / Vector256.Sum(sums);
    }

    private static float NothingVisible(float* scores, int end)
    {
        var row = new Span<float>(scores, end);
        foreach (var score in row)
        {
            if (float.IsNaN(score))
            {
                return float.NaN;
            }
        }

        row.Clear();
        return 0;
    }
}
