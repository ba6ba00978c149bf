using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>The alternation for two scales a ≥ b ≥ 0: the levels a−b and a+b, the threshold a between them, are the means of two regions.</summary>
/// <typeparam name="T">The vector.</typeparam>
internal static unsafe class TwoScales<T>
    where T : unmanaged, ILanes<T>
{
    /// <inheritdoc cref="GroupFit{T}.Alternate"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Alternate(in CountedMagnitudes<T> x, T* scales, int rounds, T* best, ref T bestError)
    {
        var above = stackalloc T[2];
        var (low, high) = (scales[0] - scales[1], scales[0] + scales[1]);
        var threshold = default(T);
        var half = T.Create(0.5f);
        var error = T.Create(float.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            var last = threshold;
            threshold = CountedMagnitudes<T>.Threshold((low + high) * half);
            if (T.AllEqual(threshold, last))
            {
                break;
            }

            x.Above(threshold, above);
            var (n1, s1) = (above[0], above[1]);
            var (n0, s0) = (T.Create(x.Length) - n1, x.Sum - s1);

            // A level without magnitudes stays.
            low = T.Select(T.Less(default, n0), s0 / n0, low);
            high = T.Select(T.Less(default, n1), s1 / n1, high);
            error = x.SquaredNorm - (low * s0 + high * s1);
            var better = T.Less(error, bestError);
            bestError = T.Select(better, error, bestError);
            best[0] = T.Select(better, (high + low) * half, best[0]);
            best[1] = T.Select(better, (high - low) * half, best[1]);
        }

        scales[0] = (high + low) * half;
        scales[1] = (high - low) * half;
        return error;
    }
}
