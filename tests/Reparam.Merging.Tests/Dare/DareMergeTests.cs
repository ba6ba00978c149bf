using Reparam.Checkpoints;

namespace Reparam.Merging.Tests.Dare;

public sealed class DareMergeTests : IDisposable
{
    private readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The mask is read off a run that scales nothing; everything else must follow from it.
    [Theory]
    [InlineData("density")]
    [InlineData("l1")]
    [InlineData("none")]
    public void What_is_kept_is_scaled(string rescale)
    {
        const int Size = 70_001;
        var origin = Vectors.Gaussian(Size, 1);
        var input = Near(origin, 2);
        Write(origin, input);
        folder.Run("dare", ["m0"], "base", "mask", "density=0.3", "rescale=none", "seed=5");
        var mask = folder.Values("mask", "w").Zip(origin, (value, start) => value != start).ToArray();
        Assert.InRange(mask.Count(kept => kept), (0.3 * Size) - (5 * Math.Sqrt(0.21 * Size)), (0.3 * Size) + (5 * Math.Sqrt(0.21 * Size)));

        var change = input.Zip(origin, (value, start) => value - start).ToArray();
        var scale = rescale switch
        {
            "density" => 1 / 0.3,
            "l1" => change.Sum(Math.Abs) / change.Where((_, k) => mask[k]).Sum(Math.Abs),
            _ => 1,
        };
        folder.Run("dare", ["m0"], "base", "o", "density=0.3", $"rescale={rescale}", "seed=5", "lambda=0.8", "weights=1.5");
        Vectors.Near([.. Enumerable.Range(0, Size).Select(k => origin[k] + (mask[k] ? 0.8 * 1.5 * scale * change[k] : 0))], folder.Values("o", "w"), 1e-12);
    }

    [Fact]
    public void Density_1_is_task_arithmetic_or_ties()
    {
        var origin = Vectors.Gaussian(999, 1);
        Write(origin, Near(origin, 2), Near(origin, 3));
        foreach (var rescale in (string[])["density", "l1", "none"])
        {
            folder.Run("dare", ["m0", "m1"], "base", "o", "density=1", "weights=1,0.5", "lambda=0.7", $"rescale={rescale}");
            folder.Run("task-arithmetic", ["m0", "m1"], "base", "p", "weights=1,0.5", "lambda=0.7");
            Vectors.Near(folder.Values("p", "w"), folder.Values("o", "w"), 1e-14);
            folder.Run("dare", ["m0", "m1"], "base", "o", "density=1", "weights=1,0.5", "combine=ties", "normalize=true", $"rescale={rescale}");
            folder.Run("ties", ["m0", "m1"], "base", "p", "density=1", "weights=1,0.5");
            Vectors.Near(folder.Values("p", "w"), folder.Values("o", "w"), 1e-14);
        }
    }

    [Fact]
    public void The_expected_value_is_that_of_task_arithmetic()
    {
        const int Seeds = 2000;
        double[] origin = [1, -2, 0.5];
        double[] input = [1.5, -2.25, 0.5];
        Write(origin, input);
        var sum = new double[3];
        for (var seed = 0; seed < Seeds; seed++)
        {
            folder.Run("dare", ["m0"], "base", "o", "density=0.4", $"seed={seed}");
            var values = folder.Values("o", "w");
            sum = [.. sum.Zip(values, (total, value) => total + value)];
        }

        for (var k = 0; k < 3; k++)
        {
            // Three standard errors: the variance of one draw is D²·(1 − d)/d.
            var error = 3 * Math.Abs(input[k] - origin[k]) * Math.Sqrt(0.6 / 0.4 / Seeds);
            Assert.InRange(sum[k] / Seeds, input[k] - error - 1e-12, input[k] + error + 1e-12);
        }
    }

    [Fact]
    public void The_mask_depends_on_seed_input_and_name_but_not_on_other_tensors()
    {
        var origin = Vectors.Gaussian(2000, 1);
        var input = Near(origin, 2);
        folder.Write("base", DType.F64, ("a", origin), ("b", [.. origin.Reverse()]), ("w", origin));
        folder.Write("m0", DType.F64, ("a", input), ("b", [.. input.Reverse()]), ("w", input));
        folder.Run("dare", ["m0"], "base", "all");
        Write(origin, input);
        folder.Run("dare", ["m0"], "base", "one");
        folder.Run("dare", ["m0"], "base", "other", "seed=1");
        Assert.NotEqual(folder.Bytes("one", "w"), folder.Bytes("other", "w"));
        Assert.NotEqual(folder.Values("all", "a"), folder.Values("all", "b").Reverse());

        // In "all", w is one tensor with a, whose name stands for both.
        Assert.Equal(folder.Bytes("all", "a"), folder.Bytes("all", "w"));

        // The same input twice is dropped twice, by other masks.
        folder.Run("dare", ["m0", "m0"], "base", "two");
        var first = folder.Values("one", "w").Zip(origin, (value, start) => value - start).ToArray();
        var both = folder.Values("two", "w").Zip(origin, (value, start) => value - start).ToArray();
        var second = both.Zip(first, (sum, part) => sum - part).ToArray();
        Assert.Contains(Enumerable.Range(0, 2000), k => Math.Abs(first[k]) > 1e-9 && Math.Abs(second[k]) < 1e-9);
        Assert.Contains(Enumerable.Range(0, 2000), k => Math.Abs(first[k]) < 1e-9 && Math.Abs(second[k]) > 1e-9);
    }

    [Fact]
    public void With_ties_only_changes_of_the_elected_sign_count()
    {
        Write(new double[3000], [.. Enumerable.Repeat(2.0, 3000)], [.. Enumerable.Repeat(-1.0, 3000)]);
        folder.Run("dare", ["m0", "m1"], "base", "o", "combine=ties");
        var counts = folder.Values("o", "w").CountBy(value => value).ToDictionary();

        // Twice 2 where the first is kept, twice -1 where the second alone is, 0 where none is.
        Assert.Equal([-2, 0, 4], counts.Keys.Order());
        Assert.InRange(counts[4], 1350, 1650);
        Assert.InRange(counts[-2], 630, 870);
    }

    private static double[] Near(double[] origin, int seed) =>
        [.. Vectors.Gaussian(origin.Length, seed, scale: 0.1).Zip(origin, (change, value) => change + value)];

    private void Write(double[] origin, params double[][] inputs)
    {
        folder.Write("base", DType.F64, ("w", origin));
        for (var i = 0; i < inputs.Length; i++)
        {
            folder.Write($"m{i}", DType.F64, ("w", inputs[i]));
        }
    }
}
