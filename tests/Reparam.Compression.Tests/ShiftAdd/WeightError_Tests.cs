using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Binary;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>The error bars that the coder must keep.</summary>
public class WeightError_Tests
{
    private const int Group = 128;

    [Theory]
    [InlineData(256, 512, 1)]
    [InlineData(256, 512, 2)]
    [InlineData(1024, 1024, 3)]
    [InlineData(301, 517, 4)]
    public void Gaussian_matrices_keep_the_bars_at_3_and_4_bits(int rows, int columns, int seed)
    {
        var weights = RandomMatrix.Gaussian(rows, columns, seed);

        Assert.InRange(Error(weights, rows, columns, 3), 0.1, 0.1780);
        Assert.InRange(Error(weights, rows, columns, 4), 0.05, 0.0885);
    }

    [Theory]
    [InlineData(256, 512, 1)]
    [InlineData(256, 512, 2)]
    [InlineData(301, 517, 3)]
    public void Two_bits_reach_the_best_that_any_two_scales_can(int rows, int columns, int seed)
    {
        var weights = RandomMatrix.Gaussian(rows, columns, seed);
        double best = 0, norm = 0;
        for (var row = 0; row < rows; row++)
        {
            for (var begin = 0; begin < columns; begin += Group)
            {
                var group = weights.AsSpan(row * columns + begin, Math.Min(Group, columns - begin)).ToArray();
                best += SmallestErrorOfTwoLevels(group);
                norm += group.Sum(x => (double)x * x);
            }
        }

        Assert.InRange(Error(weights, rows, columns, 2), Math.Sqrt(best / norm) - 1e-9, Math.Sqrt(best / norm) * 1.0005);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Heavy_tailed_matrices_are_never_worse_than_the_published_algorithm_run_to_convergence(int bits)
    {
        foreach (var (rows, columns, seed) in new[] { (96, 512, 1), (64, 1024, 2), (61, 517, 3) })
        {
            var weights = RandomMatrix.HeavyTailed(rows, columns, seed, scale: 1);
            var published = PublishedBinaryCoding.RelativeError(weights, rows, columns, bits, Group, rounds: 50);

            Assert.InRange(Error(weights, rows, columns, bits), 0.01, published);
        }
    }

    [Theory]
    [InlineData(1, 3, 0.2300)]
    [InlineData(2, 3, 0.1830)]
    [InlineData(3, 2, 0.3390)]
    [InlineData(3, 3, 0.1780)]
    [InlineData(3, 4, 0.0890)]
    public void Sums_of_powers_of_two_cost_little(int terms, int bits, double bar)
    {
        var weights = RandomMatrix.Gaussian(256, 512, 5);

        Assert.InRange(Error(weights, 256, 512, bits, terms), 0.05, bar);
    }

    [Fact]
    public void More_rounds_more_bits_and_smaller_groups_are_better()
    {
        var weights = RandomMatrix.Gaussian(64, 512, 6);
        double At(int bits, int group, int rounds) => BinaryCoder
            .Encode(weights, 64, 512, new ShiftAddAttribute(bits) { GroupSize = group, Rounds = rounds }).RelativeError;

        for (var bits = 1; bits <= 4; bits++)
        {
            Assert.True(At(bits, 128, 1) <= At(bits, 128, 0) * (1 + 1e-6));
            Assert.True(At(bits, 128, 15) <= At(bits, 128, 1) * (1 + 1e-6));
            Assert.True(At(bits, 64, 15) < At(bits, 128, 15));
            Assert.True(At(bits, 128, 15) < At(bits, 0, 15));
        }

        Assert.True(At(2, 128, 15) < At(1, 128, 15));
        Assert.True(At(3, 128, 15) < At(2, 128, 15));
        Assert.True(At(4, 128, 15) < At(3, 128, 15));
    }

    private static double Error(float[] weights, int rows, int columns, int bits, int terms = 0)
    {
        var encoded = BinaryCoder.Encode(weights, rows, columns, new ShiftAddAttribute(bits) { GroupSize = Group, ScaleTerms = terms });
        var error = Decoded.RelativeError(weights, encoded.Matrix);
        Assert.Equal(error, encoded.RelativeError, 1e-5 * error);
        return error;
    }

    // Every split of the sorted magnitudes into a lower and an upper part, each at its mean: no choice of α₁ ± α₂ does better.
    private static double SmallestErrorOfTwoLevels(float[] group)
    {
        var x = group.Select(w => (double)Math.Abs(w)).Order().ToArray();
        double total = x.Sum(), squares = x.Sum(v => v * v), lower = 0, best = squares - total * total / x.Length;
        for (var split = 1; split < x.Length; split++)
        {
            lower += x[split - 1];
            best = Math.Min(best, squares - lower * lower / split - (total - lower) * (total - lower) / (x.Length - split));
        }

        return best;
    }
}
