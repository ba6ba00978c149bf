using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>The softmax of a row of scores, up to a common factor that is applied to what the weights mix.</summary>
internal static unsafe class SoftmaxWeights
{
    /// <summary>Replaces scores by e^(score − largest).</summary>
    /// <param name="scores">[count]; memory up to the next multiple of 16 must follow, whose contents are overwritten.</param>
    /// <param name="count">Number of scores.</param>
    /// <returns>1 / their sum; 0 when there is no score above minus infinity, as in libtorch.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static float Exponentiate(float* scores, int count)
    {
        if (Vector512.IsHardwareAccelerated && Vector<float>.Count == Vector256<float>.Count && count >= Vector512<float>.Count)
        {
            return Exponentiate512(scores, count);
        }

        // What lies behind the row weighs nothing.
        var whole = count & ~(Vector<float>.Count - 1);
        var isBehind = Vector.GreaterThanOrEqual(Vector<int>.Indices, new Vector<int>(count - whole));
        var nothing = new Vector<float>(float.NegativeInfinity);
        var rest = whole == count ? nothing : Vector.ConditionalSelect(isBehind, nothing, Vector.Load(scores + whole));
        var maxima = rest;
        for (var i = 0; i < whole; i += Vector<float>.Count)
        {
            maxima = Vector.MaxNative(maxima, Vector.Load(scores + i));
        }

        // A NaN may be lost here; it comes back with its own weight.
        var largest = Largest(maxima);
        if (largest == float.NegativeInfinity)
        {
            return NothingVisible(scores, count);
        }

        var shift = new Vector<float>(largest);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < whole; i += Vector<float>.Count)
        {
            var weights = NonPositiveExponential.Evaluate(Vector.Load(scores + i) - shift);
            weights.Store(scores + i);
            sums += weights;
        }

        if (whole < count)
        {
            var weights = NonPositiveExponential.Evaluate(rest - shift);
            weights.Store(scores + whole);
            sums += weights;
        }

        return 1 / Vector.Sum(sums);
    }

    // The same sixteen at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentiate512(float* scores, int count)
    {
        var whole = count & ~(Vector512<float>.Count - 1);
        var isBehind = Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(count - whole)).AsSingle();
        var nothing = Vector512.Create(float.NegativeInfinity);
        var rest = whole == count ? nothing : Vector512.ConditionalSelect(isBehind, nothing, Vector512.Load(scores + whole));
        var maxima = rest;
        for (var i = 0; i < whole; i += Vector512<float>.Count)
        {
            maxima = Vector512.MaxNative(maxima, Vector512.Load(scores + i));
        }

        var largest = Largest(Vector256.MaxNative(maxima.GetLower(), maxima.GetUpper()).AsVector());
        if (largest == float.NegativeInfinity)
        {
            return NothingVisible(scores, count);
        }

        var shift = Vector512.Create(largest);
        var sums = Vector512<float>.Zero;
        for (var i = 0; i < whole; i += Vector512<float>.Count)
        {
            var weights = NonPositiveExponential.Evaluate(Vector512.Load(scores + i) - shift);
            weights.Store(scores + i);
            sums += weights;
        }

        if (whole < count)
        {
            var weights = NonPositiveExponential.Evaluate(rest - shift);
            weights.Store(scores + whole);
            sums += weights;
        }

        return 1 / Vector512.Sum(sums);
    }

    private static float Largest(Vector<float> x)
    {
        if (Vector<float>.Count == Vector256<float>.Count)
        {
            var four = Vector128.MaxNative(x.AsVector256().GetLower(), x.AsVector256().GetUpper());
            var two = Vector128.MaxNative(VectorParts.Even(four, four), VectorParts.Odd(four, four));
            return Math.Max(two[0], two[1]);
        }

        var largest = x[0];
        for (var lane = 1; lane < Vector<float>.Count; lane++)
        {
            largest = Math.Max(largest, x[lane]);
        }

        return largest;
    }

    private static float NothingVisible(float* scores, int count)
    {
        var row = new Span<float>(scores, count);
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
