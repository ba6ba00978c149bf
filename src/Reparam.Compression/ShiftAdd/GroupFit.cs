using System.Runtime.CompilerServices;
using Reparam.Compression.ShiftAdd.Lanes;

namespace Reparam.Compression.ShiftAdd;

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

    private readonly float* magnitudes;
    private readonly int length;
    private readonly int bits;
    private readonly int rounds;
    private readonly T squaredNorm;
    private readonly T largest;

    /// <summary>Takes the magnitudes of <c>T.Count</c> groups of equal length.</summary>
    /// <param name="magnitudes">[length, T.Count], normalized.</param>
    /// <param name="length">Weights of a group.</param>
    /// <param name="options">Bits and rounds.</param>
    public GroupFit(float* magnitudes, int length, ShiftAddOptions options)
    {
        this.magnitudes = magnitudes;
        this.length = length;
        bits = options.Bits;
        rounds = options.Rounds;
        (squaredNorm, largest) = Measure(magnitudes, length);
    }

    /// <summary>Writes the best scales found and those that other starts ended with, each set descending, not yet rounded.</summary>
    /// <param name="scales">[<see cref="Ends"/>, bits, T.Count].</param>
    public void Solve(float* scales)
    {
        var start = stackalloc T[MaxBits];
        var best = stackalloc T[MaxBits];
        var bestError = T.Create(float.MaxValue);
        for (var i = 0; i < bits; i++)
        {
            best[i] = default;
        }

        var first = stackalloc T[MaxBits];
        var second = stackalloc T[MaxBits];
        Greedy(start);
        Alternate(start, rounds + 1, best, ref bestError);
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
        var trialPasses = Math.Min(rounds, ScaleStarts.TrialRounds) + 1;
        var start = stackalloc T[MaxBits];
        for (var i = 0; i < bits; i++)
        {
            (first[i], second[i]) = (best[i], best[i]);
        }

        var firstError = T.Create(float.MaxValue);
        var secondError = firstError;
        foreach (var shape in ScaleStarts.Shapes(bits))
        {
            for (var i = 0; i < bits; i++)
            {
                start[i] = largest * T.Create(shape[i]);
            }

            var error = Alternate(start, trialPasses, best, ref bestError);
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

        if (ScaleStarts.Shapes(bits).Length > 0)
        {
            Alternate(first, rounds + 1 - trialPasses, best, ref bestError);
            Alternate(second, rounds + 1 - trialPasses, best, ref bestError);
        }
    }

    private static (T SquaredNorm, T Largest) Measure(float* magnitudes, int length)
    {
        T squares = default, largest = default;
        foreach (var (begin, end) in new Blocks(length))
        {
            T partial = default;
            for (var k = begin; k < end; k++)
            {
                var x = T.Load(magnitudes + (nint)k * T.Count);
                partial += x * x;
                largest = T.Max(largest, x);
            }

            squares += partial;
        }

        return (squares, largest);
    }

    // α_i = mean |r|, r ← |r| − α_i: the sign of the remainder does not matter to the next mean.
    private void Greedy(T* scales)
    {
        var inverse = T.Create(1f / length);
        for (var i = 0; i < bits; i++)
        {
            T sum = default;
            foreach (var (begin, end) in new Blocks(length))
            {
                T partial = default;
                for (var k = begin; k < end; k++)
                {
                    var remainder = T.Load(magnitudes + (nint)k * T.Count);
                    for (var j = 0; j < i; j++)
                    {
                        remainder = T.Abs(remainder - scales[j]);
                    }

                    partial += remainder;
                }

                sum += partial;
            }

            scales[i] = sum * inverse;
        }

        SortDescending(scales);
    }

    // Refits and reassigns, a pass over the weights each time, until nothing moves. A pass measures the error of the scales with their nearest codes and
    // yields the refit; where the error is the lowest so far, the refit, which can only be better for the same codes, is kept. Leaves the last refit
    // and returns the error measured last.
    private T Alternate(T* scales, int passes, T* best, ref T bestError)
    {
        var levels = stackalloc T[1 << (MaxBits - 1)];
        var signs = stackalloc T[1 << (MaxBits - 1)];
        var counts = stackalloc T[1 << (MaxBits - 1)];
        var sums = stackalloc T[1 << (MaxBits - 1)];
        var regions = new Regions<T>(counts, sums);
        var next = stackalloc T[MaxBits];
        var error = T.Create(float.MaxValue);
        for (var pass = 0; pass < passes; pass++)
        {
            SymmetricLevels<T>.Form(scales, bits, levels, signs);
            regions.Collect(magnitudes, length, levels, 1 << (bits - 1));
            error = squaredNorm + regions.ErrorTerm(levels, 1 << (bits - 1));
            for (var i = 0; i < bits; i++)
            {
                next[i] = scales[i];
            }

            if (rounds > 0)
            {
                ScaleRefit<T>.Step(next, bits, length, levels, signs, regions);
                SortDescending(next);
            }

            var better = T.Less(error, bestError);
            bestError = T.Select(better, error, bestError);
            var settled = true;
            for (var i = 0; i < bits; i++)
            {
                best[i] = T.Select(better, next[i], best[i]);
                settled &= T.AllEqual(scales[i], next[i]);
                scales[i] = next[i];
            }

            if (settled)
            {
                break;
            }
        }

        return error;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SortDescending(T* scales)
    {
        for (var last = bits - 1; last > 0; last--)
        {
            for (var i = 0; i < last; i++)
            {
                (scales[i], scales[i + 1]) = (T.Max(scales[i], scales[i + 1]), T.Min(scales[i], scales[i + 1]));
            }
        }
    }
}
