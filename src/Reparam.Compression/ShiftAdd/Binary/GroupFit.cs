using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Finds the scales of as many groups as a vector has lanes. Levels ±α₁±α₂… are symmetric, so a group is given by its magnitudes x, and
/// the codes by the 2^(bits−1) − 1 thresholds between the levels that are not negative. Counts and sums of x above each threshold give
/// BᵀB and Bᵀx exactly, so no code is formed until the scales are final.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal readonly unsafe ref struct GroupFit<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Sets of scales that <see cref="Solve"/> writes: the best, then the ends of the greedy start and of the two finalists.</summary>
    public const int Ends = 4;

    private const int MaxBits = 4;

    private readonly CountedMagnitudes<T> x;
    private readonly int bits;
    private readonly int rounds;
    private readonly CodingQuality quality;

    /// <summary>Takes the magnitudes of <c>T.Count</c> groups of equal length.</summary>
    /// <param name="magnitudes">The magnitudes.</param>
    /// <param name="options">Bits, rounds and quality.</param>
    public GroupFit(CountedMagnitudes<T> magnitudes, ShiftAddAttribute options)
    {
        x = magnitudes;
        bits = options.Bits;
        rounds = options.Rounds;
        quality = options.Quality;
    }

    /// <summary>Writes the best scales found and those that other starts ended with, each set descending, not yet rounded.</summary>
    /// <param name="scales">[<see cref="Ends"/>, bits, T.Count].</param>
    public void Solve(float* scales)
    {
        var start = stackalloc T[MaxBits];
        var best = stackalloc T[MaxBits];
        var first = stackalloc T[MaxBits];
        var second = stackalloc T[MaxBits];
        var bestError = T.Create(float.MaxValue);
        Greedy(start);
        for (var i = 0; i < bits; i++)
        {
            best[i] = start[i];
        }

        Alternate(start, rounds, best, ref bestError);
        TryShapes(first, second, best, ref bestError);
        for (var i = 0; i < bits; i++)
        {
            best[i].Store(scales + i * T.Count);
            start[i].Store(scales + (bits + i) * T.Count);
            first[i].Store(scales + (2 * bits + i) * T.Count);
            second[i].Store(scales + (3 * bits + i) * T.Count);
        }
    }

    // Every lane has finalists of its own.
    private void TryShapes(T* first, T* second, T* best, ref T bestError)
    {
        for (var i = 0; i < bits; i++)
        {
            (first[i], second[i]) = (best[i], best[i]);
        }

        var shapes = rounds == 0 ? [] : ScaleStarts.Shapes(bits, quality);
        if (shapes.Length == 0)
        {
            return;
        }

        var trialRounds = ScaleStarts.RoundsOfTrial(rounds, quality);
        var start = stackalloc T[MaxBits];
        var firstError = T.Create(float.MaxValue);
        var secondError = firstError;
        foreach (var shape in shapes)
        {
            for (var i = 0; i < bits; i++)
            {
                start[i] = x.Largest * T.Create(shape[i]);
            }

            var error = Alternate(start, trialRounds, best, ref bestError);
            var isFirst = T.Less(error, firstError);
            var isSecond = T.Less(error, secondError);
            secondError = T.Select(isFirst, firstError, T.Select(isSecond, error, secondError));
            firstError = T.Select(isFirst, error, firstError);
            for (var i = 0; i < bits; i++)
            {
                second[i] = T.Select(isFirst, first[i], T.Select(isSecond, start[i], second[i]));
                first[i] = T.Select(isFirst, start[i], first[i]);
            }
        }

        Alternate(first, rounds - trialRounds, best, ref bestError);
        Alternate(second, rounds - trialRounds, best, ref bestError);
    }

    // α_i = mean |r|, r ← |r| − α_i: the sign of the remainder does not matter to the next mean.
    private void Greedy(T* scales)
    {
        var inverse = T.Create(1f / x.Length);
        scales[0] = x.Sum * inverse;
        for (var i = 1; i < bits; i++)
        {
            scales[i] = x.SumOfRemainders(scales, i) * inverse;
        }

        for (var last = bits - 1; last > 0; last--)
        {
            for (var i = 0; i < last; i++)
            {
                (scales[i], scales[i + 1]) = (T.Max(scales[i], scales[i + 1]), T.Min(scales[i], scales[i + 1]));
            }
        }
    }

    /// <summary>
    /// Reassigns the codes and refits the scales, a pass over the weights each time, until nothing moves. The refit of lowest error is kept.
    /// </summary>
    /// <param name="scales">[bits], descending; on return the last refit.</param>
    /// <param name="rounds">Number of passes.</param>
    /// <param name="best">[bits]: replaced in the lanes where a refit is better.</param>
    /// <param name="bestError">The error of the best.</param>
    /// <returns>The error of the last refit at the codes that it was fitted to.</returns>
    internal T Alternate(T* scales, int rounds, T* best, ref T bestError) => bits switch
    {
        2 => TwoScales<T>.Alternate(x, scales, rounds, best, ref bestError),
        3 => ThreeScales<T>.Alternate(x, scales, rounds, best, ref bestError),
        4 => FourScales<T>.Alternate(x, scales, rounds, best, ref bestError),
        _ => bestError,
    };
}
