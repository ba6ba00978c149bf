using Reparam.Benchmarks.Figures;

namespace Reparam.Compression.Tests.Numerics;

/// <summary>Matrices that factorizations must bear, and products in double precision.</summary>
internal static class Matrices
{
    public static IEnumerable<(string Name, double[] Matrix, int Rows, int Columns)> Ugly()
    {
        foreach (var (rows, columns) in ((int, int)[])[(1, 1), (1, 7), (7, 1), (5, 5), (40, 17), (17, 40), (63, 64), (130, 129)])
        {
            yield return ($"random {rows}x{columns}", Random(rows, columns, rows * 1000 + columns), rows, columns);
        }

        yield return ("zeros", new double[6 * 4], 6, 4);
        yield return ("unit matrix", [.. Enumerable.Range(0, 81).Select(i => i % 10 == 0 ? 1.0 : 0)], 9, 9);
        yield return ("one column repeated", Product(Random(30, 1, 1), [.. Enumerable.Repeat(1.0, 12)], 30, 1, 12), 30, 12);
        yield return ("rank 3", Product(Random(24, 3, 2), Random(3, 31, 3), 24, 3, 31), 24, 31);
        yield return ("a column of zeros", [.. Random(20, 8, 4).Select((x, i) => i % 8 == 5 ? 0 : x)], 20, 8);
        yield return ("huge", [.. Random(12, 9, 5).Select(x => x * 1e306)], 12, 9);
        yield return ("tiny", [.. Random(12, 9, 6).Select(x => x * 1e-300)], 12, 9);
        yield return ("graded columns", [.. Random(16, 10, 7).Select((x, i) => x * Math.Pow(10, -30 * (i % 10)))], 16, 10);
        yield return ("graded rows", [.. Random(16, 10, 8).Select((x, i) => x * Math.Pow(10, -12 * (i / 10)))], 16, 10);
        yield return ("Hilbert", [.. Enumerable.Range(0, 144).Select(i => 1.0 / (1 + i / 12 + i % 12))], 12, 12);
    }

    public static double[] Random(int rows, int columns, int seed)
    {
        var normal = new NormalSource(seed);
        return [.. Enumerable.Range(0, rows * columns).Select(_ => normal.Next())];
    }

    // left [rows, inner] · right [inner, columns].
    public static double[] Product(double[] left, double[] right, int rows, int inner, int columns)
    {
        var result = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < inner; k++)
            {
                for (var j = 0; j < columns; j++)
                {
                    result[i * columns + j] += left[i * inner + k] * right[k * columns + j];
                }
            }
        }

        return result;
    }

    public static double[] Transposed(double[] matrix, int rows, int columns) =>
        [.. from c in Enumerable.Range(0, columns) from r in Enumerable.Range(0, rows) select matrix[r * columns + c]];

    /// <summary>The largest |Qᵀ·Q − 1|.</summary>
    public static double Skewness(double[] q, int rows, int columns)
    {
        var gram = Product(Transposed(q, rows, columns), q, columns, rows, columns);
        return gram.Select((x, i) => Math.Abs(x - (i % (columns + 1) == 0 ? 1 : 0))).Max();
    }

    /// <summary>‖a − b‖ / ‖b‖ by largest magnitudes.</summary>
    public static double Distance(double[] a, double[] b)
    {
        var largest = b.Max(Math.Abs);
        return largest == 0 ? a.Max(Math.Abs) : a.Zip(b).Max(pair => Math.Abs(pair.First / largest - pair.Second / largest));
    }
}
