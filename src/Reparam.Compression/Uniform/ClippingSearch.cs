using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.Calibration;

namespace Reparam.Compression.Uniform;

/// <summary>
/// Searches the range of a grid that gives its weights the smallest Σ h·(w − q)², where what lies outside is clipped. h is the second moment of a weight's
/// input, or 1. The whole range is tried first and is kept unless another is better. Safe on several threads.
/// </summary>
internal sealed class ClippingSearch
{
    private const int Lanes = 16;

    // Ranges are tried in steps of 1/20 of the whole one down to 3/10, then in steps of 1/100 around the best.
    private const int Coarse = 5;
    private const int Smallest = 30;
    private const int Whole = 100;

    private readonly float[]? moments;

    /// <summary>Takes the second moments of the inputs.</summary>
    /// <param name="gram">H; null weighs all inputs alike.</param>
    /// <param name="columns">Columns of the matrix.</param>
    public ClippingSearch(Gram? gram, int columns)
    {
        if (gram is null)
        {
            return;
        }

        moments = new float[columns];
        for (var k = 0; k < columns; k++)
        {
            moments[k] = gram.Values.Span[k * columns + k];
        }

        // Only their ratios count, and sums of them must not overflow.
        var largest = moments.Max();
        for (var k = 0; k < columns && largest > 0; k++)
        {
            moments[k] /= largest;
        }
    }

    /// <summary>Finds a grid.</summary>
    /// <param name="weights">The weights of a group.</param>
    /// <param name="firstColumn">Column of the first one.</param>
    /// <param name="low">Their smallest value, at most 0.</param>
    /// <param name="high">Their largest value, at least 0.</param>
    /// <param name="bits">Bits of an integer.</param>
    /// <param name="isSymmetric">Whether the zero point is the middle; both ends are then shrunk alike.</param>
    /// <param name="exponent">Exponent of the row.</param>
    public UniformGrid Find(ReadOnlySpan<float> weights, int firstColumn, double low, double high, int bits, bool isSymmetric, int exponent)
    {
        var best = new Candidate(Whole, Whole, UniformGrid.Spanning(low, high, bits, isSymmetric, exponent), double.PositiveInfinity);
        if (best.Grid.Step == 0)
        {
            return best.Grid;
        }

        // Whole vectors: a weight of 0 at the end has no error.
        var padded = (weights.Length + Lanes - 1) / Lanes * Lanes;
        var (values, shares) = (new float[padded], new float[padded]);
        weights.CopyTo(values);
        if (moments is null)
        {
            shares.AsSpan().Fill(1);
        }
        else
        {
            moments.AsSpan(firstColumn, weights.Length).CopyTo(shares);
        }

        best = best with { Error = Error(values, shares, best.Grid, (1 << bits) - 1) };
        void Try(int lowShare, int highShare)
        {
            if (lowShare is < Smallest or > Whole || highShare is < Smallest or > Whole || best.Error == 0)
            {
                return;
            }

            var grid = UniformGrid.Spanning(low * lowShare / Whole, high * highShare / Whole, bits, isSymmetric, exponent);
            var error = Error(values, shares, grid, (1 << bits) - 1);
            best = error < best.Error ? new Candidate(lowShare, highShare, grid, error) : best;
        }

        for (var share = Whole - Coarse; share >= Smallest; share -= Coarse)
        {
            Try(share, share);
        }

        if (!isSymmetric && low < 0 && high > 0)
        {
            var (lowShare, highShare) = (best.Low, best.High);
            for (var share = Whole; share >= Smallest; share -= Coarse)
            {
                Try(share, highShare);
            }

            lowShare = best.Low;
            for (var share = Whole; share >= Smallest; share -= Coarse)
            {
                Try(lowShare, share);
            }
        }

        var (around, above) = (best.Low, best.High);
        for (var shift = 1 - Coarse; shift < Coarse; shift++)
        {
            Try(around + shift, above + shift);
        }

        return best.Grid;
    }

    // Σ h·(w − q)² over whole vectors; the order of the sum is fixed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Error(ReadOnlySpan<float> weights, ReadOnlySpan<float> shares, UniformGrid grid, int last)
    {
        // In units of the step, whose square might not be a float.
        var step = Vector512.Create(grid.Step);
        var (lowest, highest) = (Vector512.Create((float)-grid.Zero), Vector512.Create((float)(last - grid.Zero)));
        var sum = Vector512<float>.Zero;
        for (var k = 0; k < weights.Length; k += Lanes)
        {
            var value = Vector512.Create(weights.Slice(k, Lanes)) / step;
            var distance = Vector512.Min(Vector512.Max(Vector512.Round(value), lowest), highest) - value;
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(shares.Slice(k, Lanes)) * distance, distance, sum);
        }

        var total = 0.0;
        for (var lane = 0; lane < Lanes; lane++)
        {
            total += sum[lane];
        }

        return total * grid.Step * grid.Step;
    }

    private readonly record struct Candidate(int Low, int High, UniformGrid Grid, double Error);
}
