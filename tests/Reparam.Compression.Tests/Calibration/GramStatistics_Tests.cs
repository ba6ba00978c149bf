using CsCheck;
using Reparam.Compression.Calibration;

namespace Reparam.Compression.Tests.Calibration;

/// <summary>What is told of second moments.</summary>
public class GramStatistics_Tests
{
    [Fact]
    public void The_condition_of_a_known_spectrum_is_found()
    {
        // H = R·D·Rᵀ with R = I − 2·u·uᵀ: the eigenvalues are those of D, and dead inputs between the others change nothing.
        Gen.Select(Gen.Double[0.01, 100].Array[2, 40], Gen.Int[0, 1000], Gen.Bool).Sample((eigenvalues, seed, spread) =>
        {
            var live = eigenvalues.Length;
            var columns = spread ? 2 * live : live;
            var random = new Random(seed);
            double[] u = [.. Enumerable.Range(0, live).Select(_ => random.NextDouble() + 0.1)];
            var length = Math.Sqrt(u.Sum(value => value * value));
            var values = new float[columns * columns];
            for (var i = 0; i < live; i++)
            {
                for (var j = 0; j < live; j++)
                {
                    var sum = 0.0;
                    for (var k = 0; k < live; k++)
                    {
                        sum += Reflection(i, k) * eigenvalues[k] * Reflection(j, k);
                    }

                    values[(i * columns / live * columns) + (j * columns / live)] = (float)sum;
                }
            }

            var found = GramStatistics.Of(new Gram(columns, values, 1000));

            Assert.Equal(columns - live, found.Dead);
            Assert.InRange(found.Condition / (eigenvalues.Max() / eigenvalues.Min()), 0.98, 1.02);

            double Reflection(int i, int k) => (i == k ? 1 : 0) - (2 * u[i] * u[k] / length / length);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void Outliers_are_counted_against_the_median()
    {
        var values = new float[100];
        for (var j = 0; j < 10; j++)
        {
            values[j * 11] = j < 2 ? 64 : j == 2 ? 0 : 1;
        }

        var found = GramStatistics.Of(new Gram(10, values, 50));

        Assert.Equal((2, 1, 64, 13.5), (found.Outliers, found.Dead, found.MaxDiagonal, found.MeanDiagonal));
        Assert.Equal(64, found.Condition, 1e-9);
    }

    [Fact]
    public void Fewer_tokens_than_inputs_equal_inputs_and_no_inputs_are_singular()
    {
        Assert.Equal(double.PositiveInfinity, GramStatistics.Of(new Gram(2, new float[] { 1, 0, 0, 1 }, 1)).Condition);
        Assert.Equal(double.PositiveInfinity, GramStatistics.Of(new Gram(2, new float[] { 1, 1, 1, 1 }, 9)).Condition);
        Assert.Equal(double.PositiveInfinity, GramStatistics.Of(new Gram(1, new float[1], 9)).Condition);
        Assert.Equal(1, GramStatistics.Of(new Gram(1, new float[] { 3 }, 1)).Condition, 1e-9);
    }
}
