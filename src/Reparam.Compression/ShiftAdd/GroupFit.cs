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

    /// <summary>Writes the best scales found, descending, not yet rounded.</summary>
    /// <param name="scales">[bits, T.Count].</param>
    public void Solve(float* scales)
    {
        var start = stackalloc T[MaxBits];
        var best = stackalloc T[MaxBits];
        var bestError = T.Create(float.MaxValue);
        for (var i = 0; i < bits; i++)
        {
            best[i] = default;
        }

        Greedy(start);
        Alternate(start, best, ref bestError);
        foreach (var shape in ScaleStarts.Shapes(bits))
        {
            for (var i = 0; i < bits; i++)
            {
                start[i] = largest * T.Create(shape[i]);
            }

            Alternate(start, best, ref bestError);
        }

        for (var i = 0; i < bits; i++)
        {
            best[i].Store(scales + i * T.Count);
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

    // Refit and reassign until nothing moves. Each pass measures the error of the scales with their nearest codes and yields the refit;
    // where the error is the lowest so far, the refit, which can only be better for the same codes, is kept.
    private void Alternate(T* scales, T* best, ref T bestError)
    {
        var levels = stackalloc T[1 << (MaxBits - 1)];
        var signs = stackalloc T[1 << (MaxBits - 1)];
        var counts = stackalloc T[1 << (MaxBits - 1)];
        var sums = stackalloc T[1 << (MaxBits - 1)];
        var regions = new Regions<T>(counts, sums);
        var next = stackalloc T[MaxBits];
        for (var round = 0; ; round++)
        {
            SymmetricLevels<T>.Form(scales, bits, levels, signs);
            regions.Collect(magnitudes, length, levels, 1 << (bits - 1));
            var error = squaredNorm + regions.ErrorTerm(levels, 1 << (bits - 1));
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

            if (settled || round == rounds)
            {
                return;
            }
        }
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
