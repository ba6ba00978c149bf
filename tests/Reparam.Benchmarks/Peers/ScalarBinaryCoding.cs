namespace Reparam.Benchmarks.Peers;

/// <summary>
/// The published alternation (Xu et al., arXiv 1802.00150) as a plain loop over floats, a weight at a time: what the coder's speed is compared with. Greedy
/// start, then rounds of least squares for the scales and the nearest of the 2^bits sums for each weight; free scales, the last iterate.
/// </summary>
internal static class ScalarBinaryCoding
{
    private const float SmallestPivot = 0.25f;

    /// <summary>Codes a row and writes what it decodes to.</summary>
    /// <param name="row">The weights.</param>
    /// <param name="groupSize">Weights of a group; the last may be shorter.</param>
    /// <param name="bits">Planes, 1 to 4.</param>
    /// <param name="rounds">Rounds of refit and reassignment.</param>
    /// <param name="decoded">As long as the row, zeros.</param>
    public static void Code(ReadOnlySpan<float> row, int groupSize, int bits, int rounds, Span<float> decoded)
    {
        var workspace = new float[bits * groupSize];
        var scales = new float[bits];
        for (var begin = 0; begin < row.Length; begin += groupSize)
        {
            var w = row[begin..Math.Min(begin + groupSize, row.Length)];
            var signs = workspace.AsSpan(0, bits * w.Length);
            Greedy(w, signs, scales);
            for (var round = 0; round < rounds; round++)
            {
                Refit(w, signs, scales);
                Assign(w, signs, scales);
            }

            for (var i = 0; i < signs.Length; i++)
            {
                decoded[begin + i % w.Length] += scales[i / w.Length] * signs[i];
            }
        }
    }

    private static void Greedy(ReadOnlySpan<float> w, Span<float> signs, float[] scales)
    {
        var remainder = w.ToArray();
        for (var i = 0; i < scales.Length; i++)
        {
            var sum = 0f;
            foreach (var r in remainder)
            {
                sum += Math.Abs(r);
            }

            scales[i] = sum / w.Length;
            for (var k = 0; k < w.Length; k++)
            {
                var sign = remainder[k] < 0 ? -1f : 1f;
                signs[i * w.Length + k] = sign;
                remainder[k] -= scales[i] * sign;
            }
        }
    }

    // BᵀB·α = Bᵀw by elimination; a plane that depends on those before it gets no weight.
    private static void Refit(ReadOnlySpan<float> w, Span<float> signs, float[] scales)
    {
        var n = scales.Length;
        Span<float> matrix = stackalloc float[n * n];
        Span<float> right = stackalloc float[n];
        for (var i = 0; i < n; i++)
        {
            right[i] = 0;
            for (var k = 0; k < w.Length; k++)
            {
                right[i] += signs[i * w.Length + k] * w[k];
            }

            for (var j = 0; j < n; j++)
            {
                var sum = 0f;
                for (var k = 0; k < w.Length; k++)
                {
                    sum += signs[i * w.Length + k] * signs[j * w.Length + k];
                }

                matrix[i * n + j] = sum;
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var row = i + 1; row < n && matrix[i * n + i] >= SmallestPivot; row++)
            {
                var factor = matrix[row * n + i] / matrix[i * n + i];
                for (var j = i; j < n; j++)
                {
                    matrix[row * n + j] -= factor * matrix[i * n + j];
                }

                right[row] -= factor * right[i];
            }
        }

        for (var i = n - 1; i >= 0; i--)
        {
            var value = right[i];
            for (var j = i + 1; j < n; j++)
            {
                value -= matrix[i * n + j] * scales[j];
            }

            scales[i] = matrix[i * n + i] >= SmallestPivot ? value / matrix[i * n + i] : 0;
        }
    }

    private static void Assign(ReadOnlySpan<float> w, Span<float> signs, float[] scales)
    {
        Span<float> sums = stackalloc float[1 << scales.Length];
        for (var pattern = 0; pattern < sums.Length; pattern++)
        {
            sums[pattern] = 0;
            for (var i = 0; i < scales.Length; i++)
            {
                sums[pattern] += ((pattern >> i) & 1) != 0 ? scales[i] : -scales[i];
            }
        }

        for (var k = 0; k < w.Length; k++)
        {
            var nearest = 0;
            for (var pattern = 1; pattern < sums.Length; pattern++)
            {
                nearest = Math.Abs(w[k] - sums[pattern]) < Math.Abs(w[k] - sums[nearest]) ? pattern : nearest;
            }

            for (var i = 0; i < scales.Length; i++)
            {
                signs[i * w.Length + k] = ((nearest >> i) & 1) != 0 ? 1 : -1;
            }
        }
    }
}
