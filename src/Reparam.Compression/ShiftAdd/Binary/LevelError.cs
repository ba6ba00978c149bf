using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>Σ (x − nearest level)² for a set of scales.</summary>
/// <typeparam name="T">The vector.</typeparam>
internal static unsafe class LevelError<T>
    where T : unmanaged, ILanes<T>
{
    private const int MaxLevels = 8;

    /// <summary>The squared error of each group.</summary>
    /// <param name="x">The magnitudes.</param>
    /// <param name="scales">[bits], descending.</param>
    /// <param name="bits">1 to 4.</param>
    public static T Of(in CountedMagnitudes<T> x, T* scales, int bits) => bits switch
    {
        1 => x.SquaredNorm - scales[0] * (x.Sum + x.Sum - T.Create(x.Length) * scales[0]),
        2 => OfTwo(x, scales[0], scales[1]),
        3 => OfThree(x, scales[0], scales[1], scales[2]),
        _ => OfFour(x, scales),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T OfTwo(in CountedMagnitudes<T> x, T a, T b)
    {
        var above = stackalloc T[2];
        x.Above(CountedMagnitudes<T>.Threshold(a), above);
        return x.SquaredNorm + (Part(a - b, T.Create(x.Length) - above[0], x.Sum - above[1]) + Part(a + b, above[0], above[1]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T OfThree(in CountedMagnitudes<T> x, T a, T b, T c)
    {
        var above = stackalloc T[6];
        x.Above(CountedMagnitudes<T>.Threshold(T.Max(a - b, c)), CountedMagnitudes<T>.Threshold(a), CountedMagnitudes<T>.Threshold(a + b), above);
        var (n1, n2, n3, s1, s2, s3) = (above[0], above[1], above[2], above[3], above[4], above[5]);
        var lower = Part(T.Abs(a - b - c), T.Create(x.Length) - n1, x.Sum - s1) + Part(a - b + c, n1 - n2, s1 - s2);
        var upper = Part(a + b - c, n2 - n3, s2 - s3) + Part(a + b + c, n3, s3);
        return x.SquaredNorm + (lower + upper);
    }

    private static T OfFour(in CountedMagnitudes<T> x, T* scales)
    {
        var levels = stackalloc T[MaxLevels];
        var signs = stackalloc T[MaxLevels];
        var thresholds = stackalloc T[MaxLevels - 1];
        var above = stackalloc T[2 * (MaxLevels - 1)];
        FourScales<T>.Form(scales, levels, signs);
        var half = T.Create(0.5f);
        for (var r = 1; r < MaxLevels; r++)
        {
            thresholds[r - 1] = CountedMagnitudes<T>.Threshold((levels[r - 1] + levels[r]) * half);
        }

        x.Above(thresholds, above);
        var (number, sum, error) = (T.Create(x.Length), x.Sum, x.SquaredNorm);
        for (var r = 0; r < MaxLevels - 1; r++)
        {
            error += Part(levels[r], number - above[r], sum - above[MaxLevels - 1 + r]);
            (number, sum) = (above[r], above[MaxLevels - 1 + r]);
        }

        return error + Part(levels[MaxLevels - 1], number, sum);
    }

    // What a level adds to ‖x‖² where it stands for magnitudes of a number and a sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Part(T level, T number, T sum) => level * (number * level - (sum + sum));
}
