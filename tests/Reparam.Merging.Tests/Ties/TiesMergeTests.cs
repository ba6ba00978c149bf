using Reparam.Checkpoints;

namespace Reparam.Merging.Tests.Ties;

public sealed class TiesMergeTests : IDisposable
{
    private readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(DType.F64, 0.2, 1e-14)]
    [InlineData(DType.F64, 0.55, 1e-14)]
    [InlineData(DType.F32, 0.2, 1e-7)]
    [InlineData(DType.F32, 1, 1e-7)]
    public void The_result_is_that_of_the_paper(DType dtype, double density, double tolerance)
    {
        foreach (var size in Vectors.Sizes)
        {
            var origin = Vectors.Gaussian(size, 1, dtype);
            var inputs = Enumerable.Range(2, 4).Select(seed => Near(origin, seed, dtype)).ToArray();
            Write(dtype, origin, inputs);
            double[] weights = [1, 0.5, 2, 1];
            foreach (var normalize in (bool[])[true, false])
            {
                folder.Run("ties", Names(4), "base", "o", "weights=1,0.5,2,1", FormattableString.Invariant($"density={density}"), "lambda=0.9",
                    $"normalize={normalize}");
                Vectors.Near(Reference(origin, inputs, weights, density, 0.9, normalize), folder.Values("o", "w"), tolerance);
            }
        }
    }

    // By hand, with base 0, density 1 and weights 1: elected signs +, -, + (a sum of 0 counts as +), and 0 where nothing changed.
    [Fact]
    public void Signs_are_elected_element_by_element()
    {
        Write(DType.F64, [0, 0, 0, 0], [3, -4, 1, 0], [-1, 1, -1, 0], [5, -2, 0, 0]);
        folder.Run("ties", Names(3), "base", "o", "density=1");
        Assert.Equal([4, -3, 1, 0], folder.Values("o", "w"));
        folder.Run("ties", Names(3), "base", "o", "density=1", "normalize=false", "lambda=0.5");
        Assert.Equal([4, -3, 0.5, 0], folder.Values("o", "w"));
    }

    [Fact]
    public void Of_equal_changes_the_first_are_kept()
    {
        Write(DType.F64, new double[5], [1, -1, 2, 1, 1]);
        folder.Run("ties", ["m0"], "base", "o", "density=0.6");
        Assert.Equal([1, -1, 2, 0, 0], folder.Values("o", "w"));
    }

    // 0.2 of 3 elements is less than one: the largest change stays, so that small tensors do not lose all of theirs.
    [Fact]
    public void A_small_tensor_keeps_its_largest_change()
    {
        Write(DType.F64, [1, 1, 1], [1.5, 3, 0]);
        folder.Run("ties", ["m0"], "base", "o");
        Assert.Equal([1, 3, 1], folder.Values("o", "w"));
    }

    [Fact]
    public void Each_input_has_its_own_density()
    {
        Write(DType.F64, new double[4], [4, 3, 2, 1], [1, 2, 3, 4]);
        folder.Run("ties", Names(2), "base", "o", "density=0.25,0.5");
        Assert.Equal([4, 0, 3, 4], folder.Values("o", "w"));
    }

    [Fact]
    public void One_input_with_density_1_is_that_input_and_equal_inputs_too()
    {
        var origin = Vectors.Gaussian(501, 1, DType.F32);
        var input = Near(origin, 2, DType.F32);
        Write(DType.F32, origin, input, input);
        folder.Run("ties", ["m0"], "base", "o", "density=1");
        Vectors.Near(input, folder.Values("o", "w"), 1e-7);
        folder.Run("ties", Names(2), "base", "o", "density=1");
        Vectors.Near(input, folder.Values("o", "w"), 1e-7);
    }

    [Fact]
    public void The_order_of_the_inputs_does_not_matter()
    {
        var origin = Vectors.Gaussian(2000, 1);
        Write(DType.F64, origin, Near(origin, 2, DType.F64), Near(origin, 3, DType.F64), Near(origin, 4, DType.F64));
        folder.Run("ties", ["m0", "m1", "m2"], "base", "o", "weights=1,2,3");
        folder.Run("ties", ["m2", "m0", "m1"], "base", "p", "weights=3,1,2");
        Vectors.Near(folder.Values("o", "w"), folder.Values("p", "w"), 1e-14);
    }

    [Fact]
    public void What_is_pruned_everywhere_stays_the_base_bit_for_bit()
    {
        Write(DType.F32, [-0.0, 5, 0], [1e-3, 9, 1e-3], [-1e-3, 8, 1e-4]);
        folder.Run("ties", Names(2), "base", "o", "density=0.34");
        Assert.Equal(folder.Bytes("base", "w")[..4], folder.Bytes("o", "w")[..4]);
        Assert.Equal([0, 8.5, 0], folder.Values("o", "w"));
    }

    // Written anew from the paper's algorithm 1, a whole tensor at a time.
    private static double[] Reference(double[] origin, double[][] inputs, double[] weights, double density, double lambda, bool normalize)
    {
        var kept = Math.Max(1, (int)(density * origin.Length));
        var trimmed = inputs.Select(input =>
        {
            var change = input.Zip(origin, (value, start) => value - start).ToArray();
            var largest = Enumerable.Range(0, change.Length).OrderByDescending(k => Math.Abs(change[k])).ThenBy(k => k).Take(kept).ToHashSet();
            return change.Select((value, k) => largest.Contains(k) ? value : 0).ToArray();
        }).ToArray();
        return [.. Enumerable.Range(0, origin.Length).Select(k =>
        {
            var votes = trimmed.Zip(weights, (change, weight) => weight * change[k]).ToArray();
            var sign = votes.Sum() < 0 ? -1 : 1;
            var agreeing = Enumerable.Range(0, votes.Length).Where(i => Math.Sign(votes[i]) == sign).ToArray();
            var divisor = normalize && agreeing.Length > 0 ? agreeing.Sum(i => weights[i]) : 1;
            return origin[k] + (lambda * agreeing.Sum(i => votes[i]) / divisor);
        })];
    }

    private static double[] Near(double[] origin, int seed, DType dtype) =>
        [.. Vectors.Gaussian(origin.Length, seed, dtype, 0.1).Zip(origin, (change, value) => change + value)
            .Select(value => dtype == DType.F64 ? value : (float)value)];

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"m{i}")];

    private void Write(DType dtype, double[] origin, params double[][] inputs)
    {
        folder.Write("base", dtype, ("w", origin));
        for (var i = 0; i < inputs.Length; i++)
        {
            folder.Write($"m{i}", dtype, ("w", inputs[i]));
        }
    }
}
