using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>The scales that a file can hold: half precision, or sums of powers of two.</summary>
/// <param name="terms">0 for half precision, else 1 to 3.</param>
/// <param name="bits">Scales of a set.</param>
/// <param name="largestLevel">What the scales of a set may sum to at most.</param>
internal readonly struct ScaleGrid(int terms, int bits, double largestLevel)
{
    private const double LargestHalf = 65504;
    private const double Shrink = 1 - 1.0 / 512;

    private readonly PowerOfTwoGrid? grid = terms == 0 ? null : PowerOfTwoGrid.Of(terms);

    /// <summary>Powers of two in a scale; 0 for half precision.</summary>
    public int Terms => terms;

    /// <summary>Rounds a set of scales, each kept with its sign, to the point of the grid that a quadratic error likes best.</summary>
    /// <param name="scales">[bits], changed.</param>
    /// <param name="quadratic">A, [bits, bits]: the error rises by δᵀ·A·δ when the scales change by δ.</param>
    public void Round(Span<double> scales, ReadOnlySpan<double> quadratic)
    {
        // Only weights near the end of the range of float, or errors heaped on few columns, come to the limits.
        Limit(scales, Math.Min(largestLevel, LargestHalf));
        if (grid is not null)
        {
            RoundToGrid(grid, scales, quadratic);
            return;
        }

        RoundToHalves(scales);
        if (Sum(scales) > largestLevel)
        {
            // Rounding adds at most a 2048th, less than what this takes away.
            Limit(scales, Sum(scales) * Shrink);
            RoundToHalves(scales);
        }
    }

    /// <summary>Stores a scale ≥ 0 of the grid.</summary>
    public void Encode(float scale, Span<byte> destination) => grid!.Encode(grid.Nearest(scale), destination);

    private static void Limit(Span<double> scales, double limit)
    {
        var sum = Sum(scales);
        if (sum > limit)
        {
            foreach (ref var scale in scales)
            {
                scale *= limit / sum;
            }
        }
    }

    private static double Sum(ReadOnlySpan<double> scales)
    {
        var sum = 0.0;
        foreach (var scale in scales)
        {
            sum += Math.Abs(scale);
        }

        return sum;
    }

    private static void RoundToHalves(Span<double> scales)
    {
        foreach (ref var scale in scales)
        {
            scale = (double)(Half)scale;
        }
    }

    // Of all ways to round each scale down or up, those that stay within the limit: all down is one of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RoundToGrid(PowerOfTwoGrid grid, Span<double> scales, ReadOnlySpan<double> quadratic)
    {
        Span<double> below = stackalloc double[BinaryCodedMatrix.MaxBits];
        Span<double> above = stackalloc double[BinaryCodedMatrix.MaxBits];
        for (var b = 0; b < bits; b++)
        {
            var floor = grid.Floor(Math.Abs(scales[b]));
            below[b] = Math.CopySign(grid.Value(floor), scales[b]) - scales[b];
            above[b] = Math.CopySign(grid.Value(floor + 1), scales[b]) - scales[b];
        }

        Span<double> step = stackalloc double[BinaryCodedMatrix.MaxBits];
        var (best, lowest) = (0, double.PositiveInfinity);
        for (var ups = 0; ups < 1 << bits; ups++)
        {
            var (error, sum) = (0.0, 0.0);
            for (var b = 0; b < bits; b++)
            {
                step[b] = ((ups >> b) & 1) != 0 ? above[b] : below[b];
                sum += Math.Abs(scales[b] + step[b]);
                error += step[b] * step[b] * quadratic[b * bits + b];
                for (var c = 0; c < b; c++)
                {
                    error += 2 * step[b] * step[c] * quadratic[b * bits + c];
                }
            }

            if (error < lowest && sum <= largestLevel)
            {
                (best, lowest) = (ups, error);
            }
        }

        for (var b = 0; b < bits; b++)
        {
            scales[b] += ((best >> b) & 1) != 0 ? above[b] : below[b];
        }
    }
}
