using Reparam.Compression.ShiftAdd.Lanes;

namespace Reparam.Compression.ShiftAdd;

/// <summary>Least squares for the scales at given codes: BᵀB·δ = Bᵀ(x − B·α), α ← |α + δ|, by LDLᵀ in each lane.</summary>
/// <typeparam name="T">The vector.</typeparam>
internal static unsafe class ScaleRefit<T>
    where T : unmanaged, ILanes<T>
{
    // Pivots of a matrix of ±1 products are 0 or at least some tenths; rounding leaves n·1e-7 of a pivot that should be 0.
    private const float SmallestPivot = 0.25f;
    private const float PivotNoise = 1e-6f;
    private const int Stride = 4;

    /// <summary>Replaces the scales by their refit. A scale whose plane depends on the planes before it stays where it is.</summary>
    /// <param name="scales">[bits].</param>
    /// <param name="bits">1 to 4.</param>
    /// <param name="length">Weights of a group.</param>
    /// <param name="levels">The levels of the present scales.</param>
    /// <param name="signs">Their signs.</param>
    /// <param name="regions">Counts and sums at the present levels.</param>
    public static void Step(T* scales, int bits, int length, T* levels, T* signs, Regions<T> regions)
    {
        var matrix = stackalloc T[Stride * Stride];
        var right = stackalloc T[Stride];
        NormalEquations(bits, levels, signs, regions, matrix, right);

        // Row i of the factor overwrites row i of the matrix; its diagonal holds the pivot.
        var limit = T.Create(Math.Max(SmallestPivot, length * PivotNoise));
        var usable = stackalloc T[Stride];
        for (var i = 0; i < bits; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var sum = matrix[i * Stride + j];
                for (var k = 0; k < j; k++)
                {
                    sum -= matrix[i * Stride + k] * matrix[j * Stride + k] * matrix[k * Stride + k];
                }

                matrix[i * Stride + j] = usable[j] & (sum / matrix[j * Stride + j]);
            }

            var pivot = matrix[i * Stride + i];
            for (var k = 0; k < i; k++)
            {
                var factor = matrix[i * Stride + k];
                pivot -= factor * factor * matrix[k * Stride + k];
                right[i] -= factor * right[k];
            }

            matrix[i * Stride + i] = pivot;
            usable[i] = T.GreaterOrEqual(pivot, limit);
        }

        for (var i = bits - 1; i >= 0; i--)
        {
            var step = right[i] / matrix[i * Stride + i];
            for (var k = i + 1; k < bits; k++)
            {
                step -= matrix[k * Stride + i] * right[k];
            }

            right[i] = usable[i] & step;
            scales[i] = T.Abs(scales[i] + right[i]);
        }
    }

    private static void NormalEquations(int bits, T* levels, T* signs, Regions<T> regions, T* matrix, T* right)
    {
        var minus = T.Create(-0f);
        for (var i = 0; i < bits; i++)
        {
            right[i] = default;
            for (var j = 0; j <= i; j++)
            {
                matrix[i * Stride + j] = default;
            }
        }

        for (var r = 0; r < 1 << (bits - 1); r++)
        {
            var count = regions.Counts[r];
            var remainder = regions.Sums[r] - count * levels[r];
            for (var i = 0; i < bits; i++)
            {
                var sign = T.ShiftLeft(signs[r], i) & minus;
                right[i] += remainder ^ sign;
                for (var j = 0; j <= i; j++)
                {
                    matrix[i * Stride + j] += count ^ sign ^ (T.ShiftLeft(signs[r], j) & minus);
                }
            }
        }
    }
}
