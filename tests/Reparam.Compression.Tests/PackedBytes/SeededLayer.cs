using Reparam.Compression.Calibration;

namespace Reparam.Compression.Tests.PackedBytes;

/// <summary>A matrix with outliers and second moments of correlated inputs, made by additions, multiplications and divisions alone: the same bits on every machine.</summary>
/// <param name="Weights">[rows, columns].</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
/// <param name="Gram">Σ x·xᵀ / tokens.</param>
internal sealed record SeededLayer(float[] Weights, int Rows, int Columns, Gram Gram)
{
    private const int Tokens = 96;

    public static SeededLayer Of(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var weights = new float[rows * columns];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(0.02 * Bell(random) * (random.Next(100) == 0 ? 6 : 1));
        }

        var sums = new double[columns * columns];
        var x = new double[columns];
        for (var token = 0; token < Tokens; token++)
        {
            var before = 0.0;
            for (var k = 0; k < columns; k++)
            {
                x[k] = before = 0.75 * before + Bell(random) * (k % 17 == 3 ? 4 : 1);
            }

            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += x[i / columns] * x[i % columns];
            }
        }

        return new SeededLayer(weights, rows, columns, new Gram(columns, sums.Select(sum => (float)(sum / Tokens)).ToArray(), Tokens));
    }

    /// <summary>A sum of evenly spread numbers: nearly normal, without a logarithm.</summary>
    private static double Bell(Random random)
    {
        var sum = -3.0;
        for (var i = 0; i < 6; i++)
        {
            sum += random.NextDouble();
        }

        return sum;
    }
}
