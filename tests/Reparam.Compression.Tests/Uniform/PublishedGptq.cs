namespace Reparam.Compression.Tests.Uniform;

/// <summary>
/// Rounding as the authors' code of GPTQ (Frantar et al., arXiv 2210.17323) does it, in double precision: its quantizer, and its loop over columns with the
/// upper Cholesky factor of the inverse of H. Its lazy batches change the order of sums alone, so columns are brought up to date one by one.
/// </summary>
/// <param name="bits">Bits of a weight.</param>
/// <param name="group">Columns of a group; 0 for all.</param>
/// <param name="isSymmetric">Its option <c>sym</c>.</param>
internal sealed class PublishedGptq(int bits, int group, bool isSymmetric)
{
    private readonly double last = (1 << bits) - 1;

    /// <summary>Rounds each weight to the nearest value of its group's grid.</summary>
    public float[] Nearest(float[] weights, int columns)
    {
        var rounded = new float[weights.Length];
        var width = group == 0 ? columns : group;
        for (var row = 0; row < weights.Length; row += columns)
        {
            for (var begin = 0; begin < columns; begin += width)
            {
                var end = Math.Min(columns, begin + width);
                var grid = Find(Enumerable.Range(begin, end - begin).Select(k => (double)weights[row + k]));
                for (var k = begin; k < end; k++)
                {
                    rounded[row + k] = (float)Round(weights[row + k], grid);
                }
            }
        }

        return rounded;
    }

    /// <summary>Rounds with error feedback.</summary>
    /// <param name="weights">W, [rows, columns].</param>
    /// <param name="gram">H, [columns, columns].</param>
    /// <param name="columns">Columns.</param>
    /// <param name="actOrder">Its options <c>act-order</c> and <c>static-groups</c>.</param>
    public float[] WithFeedback(float[] weights, ReadOnlySpan<float> gram, int columns, bool actOrder)
    {
        var width = group == 0 ? columns : group;
        var diagonal = new double[columns];
        for (var k = 0; k < columns; k++)
        {
            diagonal[k] = gram[k * columns + k];
        }

        int[] order = actOrder ? [.. Enumerable.Range(0, columns).OrderByDescending(k => diagonal[k])] : [.. Enumerable.Range(0, columns)];
        var h = new double[columns, columns];
        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                h[i, j] = gram[order[i] * columns + order[j]] + (i == j ? 0.01 * diagonal.Average() : 0);
            }
        }

        // H⁻¹ = UᵀU: the transposed lower factor of H⁻¹.
        var lower = Cholesky(InverseOf(h));
        var rounded = new float[weights.Length];
        for (var row = 0; row < weights.Length; row += columns)
        {
            // A weight whose input was always zero becomes 0.
            var live = Enumerable.Range(0, columns).Select(k => diagonal[k] == 0 ? 0 : (double)weights[row + k]).ToArray();
            var w = order.Select(k => live[k]).ToArray();
            var grids = Enumerable.Range(0, (columns + width - 1) / width)
                .Select(index => Enumerable.Range(index * width, Math.Min(width, columns - index * width)))
                .Select(members => Find(members.Select(k => live[k]))).ToArray();
            for (var place = 0; place < columns; place++)
            {
                if (!actOrder && place % width == 0)
                {
                    grids[place / width] = Find(w.Skip(place).Take(width));
                }

                var value = Round(w[place], grids[order[place] / width]);
                rounded[row + order[place]] = (float)value;
                var error = (w[place] - value) / lower[place, place];
                for (var later = place; later < columns; later++)
                {
                    w[later] -= error * lower[later, place];
                }
            }
        }

        return rounded;
    }

    private static double[,] Cholesky(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var lower = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= lower[i, k] * lower[j, k];
                }

                lower[i, j] = i == j ? Math.Sqrt(sum) : sum / lower[j, j];
            }
        }

        return lower;
    }

    private static double[,] InverseOf(double[,] matrix)
    {
        // L·Lᵀ·X = 1, a column at a time.
        var n = matrix.GetLength(0);
        var lower = Cholesky(matrix);
        var inverse = new double[n, n];
        for (var column = 0; column < n; column++)
        {
            var x = new double[n];
            for (var i = 0; i < n; i++)
            {
                x[i] = i == column ? 1 : 0;
                for (var k = 0; k < i; k++)
                {
                    x[i] -= lower[i, k] * x[k];
                }

                x[i] /= lower[i, i];
            }

            for (var i = n - 1; i >= 0; i--)
            {
                for (var k = i + 1; k < n; k++)
                {
                    x[i] -= lower[k, i] * x[k];
                }

                x[i] /= lower[i, i];
                inverse[i, column] = x[i];
            }
        }

        return inverse;
    }

    private (double Scale, double Zero) Find(IEnumerable<double> weights)
    {
        double low = 0, high = 0;
        foreach (var weight in weights)
        {
            (low, high) = (Math.Min(low, weight), Math.Max(high, weight));
        }

        if (isSymmetric)
        {
            // The authors' code leaves low at 0 where no weight is below, though the zero point is the middle: half of the range is then clipped. That is not
            // repeated here.
            high = Math.Max(-low, high);
            low = -high;
        }

        if (low == 0 && high == 0)
        {
            (low, high) = (-1, 1);
        }

        var scale = (high - low) / last;
        return (scale, isSymmetric ? (last + 1) / 2 : Math.Round(-low / scale));
    }

    private double Round(double weight, (double Scale, double Zero) grid) =>
        grid.Scale * (Math.Clamp(Math.Round(weight / grid.Scale) + grid.Zero, 0, last) - grid.Zero);
}
