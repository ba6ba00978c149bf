using System.Runtime.Intrinsics;
using Reparam.Compression.Calibration;

namespace Reparam.Benchmarks.Figures;

/// <summary>
/// Layer inputs that are correlated as activations are: within a token an autoregressive process of first order over the channels, x_c = ρ·x_{c−1} + √(1−ρ²)·ε,
/// and a few channels, the same in every token, eight times as large. With these constants the published algorithm has the errors that the authors' code was measured to have.
/// </summary>
/// <param name="columns">Channels.</param>
/// <param name="seed">Chooses the outlier channels.</param>
internal sealed class FigureInputs(int columns, int seed)
{
    /// <summary>ρ: correlation of neighbouring channels.</summary>
    public const double Correlation = 0.9;

    /// <summary>One channel of so many is an outlier; at least one.</summary>
    public const int ChannelsPerOutlier = 32;

    /// <summary>Tokens of a calibration set.</summary>
    public const int Tokens = 2048;

    private const double OutlierFactor = 8;

    private readonly double[] factors = Factors(columns, seed);

    /// <summary>Draws input vectors, [tokens, columns].</summary>
    public float[] Draw(int tokens, int drawSeed)
    {
        var normal = new NormalSource(drawSeed);
        var fresh = Math.Sqrt(1 - Correlation * Correlation);
        var inputs = new float[checked(tokens * columns)];
        for (var token = 0; token < tokens; token++)
        {
            var x = normal.Next();
            for (var column = 0; column < columns; column++)
            {
                inputs[token * columns + column] = (float)(x * factors[column]);
                x = Correlation * x + fresh * normal.Next();
            }
        }

        return inputs;
    }

    /// <summary>H = mean of x·xᵀ of the input vectors [tokens, columns].</summary>
    public static Gram Gram(ReadOnlySpan<float> inputs, int columns)
    {
        var tokens = inputs.Length / columns;
        var sums = new double[columns * columns];
        var x = new double[columns];
        for (var token = 0; token < tokens; token++)
        {
            for (var k = 0; k < columns; k++)
            {
                x[k] = inputs[token * columns + k];
            }

            for (var i = 0; i < columns; i++)
            {
                AddScaled(sums.AsSpan(i * columns, i + 1), x[i], x);
            }
        }

        var values = new float[sums.Length];
        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                values[i * columns + j] = values[j * columns + i] = (float)(sums[i * columns + j] / tokens);
            }
        }

        return new Gram(columns, values, tokens);
    }

    private static void AddScaled(Span<double> sums, double factor, ReadOnlySpan<double> x)
    {
        var scale = Vector512.Create(factor);
        var k = 0;
        for (; k + Vector512<double>.Count <= sums.Length; k += Vector512<double>.Count)
        {
            (Vector512.Create<double>(sums[k..]) + scale * Vector512.Create(x[k..])).CopyTo(sums[k..]);
        }

        for (; k < sums.Length; k++)
        {
            sums[k] += factor * x[k];
        }
    }

    private static double[] Factors(int columns, int seed)
    {
        var factors = Enumerable.Repeat(1.0, columns).ToArray();
        var channels = Enumerable.Range(0, columns).ToArray();
        new Random(seed).Shuffle(channels);
        foreach (var channel in channels.AsSpan(0, Math.Max(1, columns / ChannelsPerOutlier)))
        {
            factors[channel] = OutlierFactor;
        }

        return factors;
    }
}
