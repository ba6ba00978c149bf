namespace Reparam.Merging.Tests.Operations;

public sealed class CounterRandomTests
{
    [Fact]
    public void Numbers_are_uniform_and_depend_on_seed_input_tensor_and_index()
    {
        const int Count = 100_000;
        double[] Numbers(long seed, int input, string tensor)
        {
            var random = new CounterRandom(seed, input, tensor);
            return [.. Enumerable.Range(0, Count).Select(index => random.Uniform(index))];
        }

        double[][] all = [Numbers(0, 0, "w"), Numbers(1, 0, "w"), Numbers(0, 1, "w"), Numbers(0, 0, "v")];
        foreach (var numbers in all)
        {
            // Five standard errors of mean and variance.
            Assert.InRange(numbers.Average(), 0.5 - (5 * Math.Sqrt(1.0 / 12 / Count)), 0.5 + (5 * Math.Sqrt(1.0 / 12 / Count)));
            Assert.InRange(numbers.Average(value => Math.Pow(value - 0.5, 2)), (1.0 / 12) - (5 * Math.Sqrt(1.0 / 180 / Count)), (1.0 / 12)
                + (5 * Math.Sqrt(1.0 / 180 / Count)));
            Assert.True(numbers.All(value => value is >= 0 and < 1));
            Assert.InRange(Correlation(numbers[1..], numbers[..^1]), -0.02, 0.02);
        }

        for (var i = 0; i < all.Length; i++)
        {
            for (var k = 0; k < i; k++)
            {
                Assert.InRange(Correlation(all[i], all[k]), -0.02, 0.02);
            }
        }

        Assert.Equal(Numbers(0, 0, "w"), all[0]);
    }

    private static double Correlation(double[] left, double[] right) => 12 * left.Zip(right, (x, y) => (x - 0.5) * (y - 0.5)).Average();
}
