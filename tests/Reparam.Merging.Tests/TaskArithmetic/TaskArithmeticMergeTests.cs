using Reparam.Checkpoints;

namespace Reparam.Merging.Tests.TaskArithmetic;

public sealed class TaskArithmeticMergeTests : IDisposable
{
    private readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(DType.F64, 1e-14)]
    [InlineData(DType.F32, 1e-7)]
    public void The_result_is_the_base_and_the_weighted_changes(DType dtype, double tolerance)
    {
        foreach (var size in Vectors.Sizes)
        {
            var (origin, a, b) = Write(size, dtype);
            folder.Run("task-arithmetic", ["a", "b"], "base", "o", "weights=0.4,-1.5", "lambda=0.7");
            Vectors.Near([.. Enumerable.Range(0, size).Select(k => origin[k] + (0.7 * ((0.4 * (a[k] - origin[k])) - (1.5 * (b[k] - origin[k])))))],
                folder.Values("o", "w"), tolerance);

            folder.Run("task-arithmetic", ["a", "b"], "base", "o", "weights=0.5,2", "lambda=0.7", "normalize=true");
            Vectors.Near([.. Enumerable.Range(0, size).Select(k => origin[k] + (0.7 * ((0.5 * (a[k] - origin[k])) + (2 * (b[k] - origin[k]))) / 2.5))],
                folder.Values("o", "w"), tolerance);
        }
    }

    [Fact]
    public void Normalised_with_lambda_1_it_is_linear()
    {
        Write(1000, DType.F64);
        folder.Run("task-arithmetic", ["a", "b"], "base", "o", "weights=1,3", "normalize=true");
        folder.Run("linear", ["a", "b"], null, "p", "weights=1,3");
        Vectors.Near(folder.Values("p", "w"), folder.Values("o", "w"), 1e-14);
    }

    [Fact]
    public void Weights_with_the_sum_0_are_not_divided_by_it()
    {
        var (origin, a, b) = Write(100, DType.F64);
        folder.Run("task-arithmetic", ["a", "b"], "base", "o", "weights=1,-1", "normalize=true");
        Vectors.Near([.. Enumerable.Range(0, 100).Select(k => origin[k] + a[k] - b[k])], folder.Values("o", "w"), 1e-14);
    }

    [Fact]
    public void What_no_input_changed_stays_bit_for_bit()
    {
        double[] values = [0, -0.0, 1e-40, 3e38, -1, .. Vectors.Gaussian(50, 1, DType.F32)];
        foreach (var name in (string[])["base", "a", "b"])
        {
            folder.Write(name, DType.F32, ("w", values));
        }

        folder.Run("task-arithmetic", ["a", "b"], "base", "o", "lambda=-3");
        Assert.Equal(folder.Bytes("base", "w"), folder.Bytes("o", "w"));
    }

    // A change of a millionth is lost in BF16; it must not be lost before the changes are added up.
    [Fact]
    public void Changes_are_formed_in_double()
    {
        folder.Write("base", DType.BF16, ("w", [1]));
        folder.Write("a", DType.F32, ("w", [1.001]));
        var inputs = Enumerable.Repeat("a", 8).ToArray();
        OperationRunner.Run(folder.Request("task-arithmetic", inputs, "base", "o") with { DType = DType.F32 });
        Vectors.Near([1 + (8 * ((double)1.001f - 1))], folder.Values("o", "w"), 1e-7);
        folder.Run("task-arithmetic", inputs, "base", "o");
        Assert.Equal([1.0078125], folder.Values("o", "w"));
    }

    private (double[] Base, double[] A, double[] B) Write(int size, DType dtype)
    {
        var origin = Vectors.Gaussian(size, 1, dtype);
        double[] Near(int seed) =>
            [.. Vectors.Gaussian(size, seed, dtype, 0.1).Zip(origin, (change, value) => change + value)
            .Select(value => dtype == DType.F64 ? value : (float)value)];
        var (a, b) = (Near(2), Near(3));
        folder.Write("base", dtype, ("w", origin));
        folder.Write("a", dtype, ("w", a));
        folder.Write("b", dtype, ("w", b));
        return (origin, a, b);
    }
}
