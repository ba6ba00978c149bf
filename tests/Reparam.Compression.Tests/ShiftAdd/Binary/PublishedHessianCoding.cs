namespace Reparam.Compression.Tests.ShiftAdd.Binary;

/// <summary>
/// The calibrated algorithm as published, in double precision: damping of 1 %, columns (column layout) or aligned eights (block8) in the order of falling diag H,
/// scales fitted once on compensated weights by greedy start and alternation with the scales rounded in every round, the last iterate kept, each column coded by nearest
/// sums and its error compensated through the Cholesky factor of the inverse. The row layout fits a group's scales when its first column is met, in natural order.
/// </summary>
internal static class PublishedHessianCoding
{
    /// <summary>The decoded weights [rows, columns].</summary>
    public static float[] Code(
        ReadOnlySpan<float> weights, int rows, int columns, ReadOnlySpan<float> gram, string layout, int bits, int group, int terms, int rounds = 15)
    {
        var tile = layout switch { "row" => group, "block8" => 8, _ => 1 };
        var setRows = layout switch { "row" => 1, "block8" => group / 8, _ => group };
        var order = Order(gram, columns, layout);
        var u = InverseFactor(Damped(gram, columns, order));
        var w = new double[columns][];
        for (var j = 0; j < columns; j++)
        {
            w[j] = new double[rows];
            for (var r = 0; r < rows; r++)
            {
                w[j][r] = weights[r * columns + order[j]];
            }
        }

        var decoded = new float[rows * columns];
        var sums = new double[(rows + setRows - 1) / setRows][];
        var error = new double[rows];
        for (var j = 0; j < columns; j++)
        {
            if (j % tile == 0)
            {
                var width = Math.Min(tile, columns - j);
                for (var set = 0; set < sums.Length; set++)
                {
                    var first = set * setRows;
                    var height = Math.Min(setRows, rows - first);
                    var x = new double[height * width];
                    for (var r = 0; r < height; r++)
                    {
                        for (var c = 0; c < width; c++)
                        {
                            x[r * width + c] = w[j + c][first + r] * 50;
                        }
                    }

                    sums[set] = [.. PublishedBinaryCoding.Sums(PublishedBinaryCoding.Fit(x, bits, rounds, terms).Scales).Select(sum => sum / 50)];
                }
            }

            for (var r = 0; r < rows; r++)
            {
                var q = sums[r / setRows].MinBy(sum => Math.Abs(sum - w[j][r]));
                decoded[r * columns + order[j]] = (float)q;
                error[r] = (w[j][r] - q) / u[j, j];
            }

            for (var later = j + 1; later < columns; later++)
            {
                var factor = u[j, later];
                var column = w[later];
                for (var r = 0; r < rows; r++)
                {
                    column[r] -= error[r] * factor;
                }
            }
        }

        return decoded;
    }

    private static int[] Order(ReadOnlySpan<float> gram, int columns, string layout)
    {
        var diagonal = new double[columns];
        for (var k = 0; k < columns; k++)
        {
            diagonal[k] = gram[k * columns + k];
        }

        return layout switch
        {
            "row" => [.. Enumerable.Range(0, columns)],
            "block8" => [.. Enumerable.Range(0, columns).Chunk(8).OrderByDescending(block => block.Sum(k => diagonal[k])).SelectMany(block => block)],
            _ => [.. Enumerable.Range(0, columns).OrderByDescending(k => diagonal[k])],
        };
    }

    private static double[,] Damped(ReadOnlySpan<float> gram, int n, int[] order)
    {
        var h = new double[n, n];
        var mean = 0.0;
        for (var i = 0; i < n; i++)
        {
            mean += gram[i * n + i] / n;
            for (var j = 0; j < n; j++)
            {
                h[i, j] = gram[order[i] * n + order[j]];
            }
        }

        for (var i = 0; i < n; i++)
        {
            h[i, i] += 0.01 * mean;
        }

        return h;
    }

    // U, upper, with UᵀU = H⁻¹. With H = R·Rᵀ, R upper, U is the inverse of R.
    private static double[,] InverseFactor(double[,] h)
    {
        var n = h.GetLength(0);
        var r = new double[n, n];
        for (var j = n - 1; j >= 0; j--)
        {
            for (var i = j; i >= 0; i--)
            {
                var sum = h[i, j];
                for (var k = j + 1; k < n; k++)
                {
                    sum -= r[i, k] * r[j, k];
                }

                r[i, j] = i == j ? Math.Sqrt(sum) : sum / r[j, j];
            }
        }

        var u = new double[n, n];
        for (var j = 0; j < n; j++)
        {
            u[j, j] = 1 / r[j, j];
            for (var i = j - 1; i >= 0; i--)
            {
                var sum = 0.0;
                for (var k = i + 1; k <= j; k++)
                {
                    sum += r[i, k] * u[k, j];
                }

                u[i, j] = -sum / r[i, i];
            }
        }

        return u;
    }
}
