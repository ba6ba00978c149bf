using System.Globalization;
using System.Text.Json;
using Reparam.Checkpoints;

namespace Reparam.Merging.Tests.Linear;

public sealed class LinearMergeTests : IDisposable
{
    private readonly CheckpointFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(DType.F64, 1e-14)]
    [InlineData(DType.F32, 1e-7)]
    [InlineData(DType.F16, 5e-4)]
    [InlineData(DType.BF16, 4e-3)]
    public void The_result_is_the_weighted_mean(DType dtype, double tolerance)
    {
        foreach (var size in Vectors.Sizes)
        {
            double[] weights = [0.7, -0.2, 1.9];
            WriteInputs(size, 3, dtype);
            var inputs = Inputs(3).Select(name => folder.Values(name, "w")).ToArray();
            folder.Run("linear", Inputs(3), null, "o", "weights=0.7,-0.2,1.9");
            Vectors.Near([.. Enumerable.Range(0, size).Select(k => Enumerable.Range(0, 3).Sum(i => weights[i] * inputs[i][k]) / 2.4)], folder.Values("o", "w"),
                tolerance);

            folder.Run("linear", Inputs(3), null, "o", "weights=0.7,-0.2,1.9", "normalize=false");
            Vectors.Near([.. Enumerable.Range(0, size).Select(k => Enumerable.Range(0, 3).Sum(i => weights[i] * inputs[i][k]))], folder.Values("o", "w"),
                tolerance);
        }
    }

    [Theory]
    [InlineData(DType.F64)]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    public void One_input_or_equal_inputs_come_out_bit_for_bit(DType dtype)
    {
        double[] values = [.. Vectors.Gaussian(301, 1, dtype), 0, -0.0, 1e-38, -1e-30, 3e38];
        folder.Write("a", dtype, ("w", values));
        folder.Run("linear", ["a"], null, "o");
        Assert.Equal(folder.Bytes("a", "w"), folder.Bytes("o", "w"));

        folder.Run("linear", ["a", "a", "a"], null, "o", "weights=1,2,4");
        Assert.Equal(folder.Bytes("a", "w"), folder.Bytes("o", "w"));
    }

    [Theory]
    [InlineData(DType.F64)]
    [InlineData(DType.F32)]
    public void A_mean_lies_between_its_inputs_and_does_not_depend_on_their_order(DType dtype)
    {
        WriteInputs(5000, 3, dtype);
        folder.Run("linear", ["m0", "m1", "m2"], null, "o", "metric=loss", "metrics=3,1,2", "penalty=2");
        folder.Run("linear", ["m2", "m0", "m1"], null, "p", "metric=loss", "metrics=2,3,1", "penalty=2");
        var (result, inputs) = (folder.Values("o", "w"), Inputs(3).Select(name => folder.Values(name, "w")).ToArray());
        Assert.All(Enumerable.Range(0, result.Length), k => Assert.InRange(result[k], inputs.Min(values => values[k]), inputs.Max(values => values[k])));
        Vectors.Near(result, folder.Values("p", "w"), 1e-6);
    }

    [Fact]
    public void Weights_come_from_losses_steps_and_scores()
    {
        WriteInputs(3, 3, DType.F32);
        Expect([2.0 / 11 * 3, 3.0 / 11, 2.0 / 11], "metric=loss", "metrics=1,2,3");
        Expect([36.0 / 49, 9.0 / 49, 4.0 / 49], "metric=loss", "metrics=10,20,30", "penalty=2");
        Expect([1.0 / 3, 1.0 / 3, 1.0 / 3], "metric=loss", "metrics=1,2,3", "penalty=0");
        Expect([1.0 / 6, 2.0 / 6, 3.0 / 6], "metric=step", "metrics=1100,1200,1300", "stepOrigin=1000");
        Expect([0.25, 0.25, 0.5], "metric=score", "metrics=0.4,0.4,0.8");
        Expect([0, 0, 1], "metric=loss", "metrics=1e300,1e299,1e-300", "penalty=1000");

        // exp(−2·L/σ) by hand: σ = √(2/3).
        var sigma = Math.Sqrt(2.0 / 3);
        var powers = new[] { 1.0, 2, 3 }.Select(loss => Math.Exp(-2 * loss / sigma)).ToArray();
        Expect([.. powers.Select(power => power / powers.Sum())], "metric=loss", "metrics=1,2,3", "penalty=2", "shape=softmax");
        Expect([.. powers.Reverse().Select(power => power / powers.Sum())], "metric=score", "metrics=1,2,3", "penalty=2", "shape=softmax");
        Expect([1.0 / 3, 1.0 / 3, 1.0 / 3], "metric=loss", "metrics=2,2,2", "shape=softmax");
    }

    [Fact]
    public void Metrics_stand_in_the_files_and_the_best_one_gives_what_is_not_merged()
    {
        for (var i = 0; i < 3; i++)
        {
            folder.Write($"m{i}", writer =>
            {
                CheckpointFolder.Add(writer, "w", DType.F32, [1], [i]);
                writer.Add<long>("bn.num_batches_tracked", [], new[] { (long)i });
                writer.SetMetadata("reparam.metric.loss", (1.5 - (0.5 * i)).ToString(CultureInfo.InvariantCulture));
            });
        }

        var report = folder.Run("linear", ["m0", "m1", "m2"], null, "o", "metric=loss");
        var weights = JsonSerializer.Deserialize<double[]>(report.Found["weights"])!;
        Vectors.Near([2.0 / 11, 3.0 / 11, 6.0 / 11], weights, 1e-15);
        Assert.Equal(1, weights.Sum(), 1e-12);
        Assert.Equal(folder.Bytes("m2", "bn.num_batches_tracked"), folder.Bytes("o", "bn.num_batches_tracked"));
        using var entry = JsonDocument.Parse(folder.Metadata("o")["reparam.merge"]);
        Assert.Equal(weights, entry.RootElement.GetProperty("found").GetProperty("weights").EnumerateArray().Select(weight => weight.GetDouble()));
    }

    [Fact]
    public void Penalty_0_is_the_plain_mean()
    {
        WriteInputs(1000, 3, DType.F64);
        folder.Run("linear", Inputs(3), null, "o", "metric=loss", "metrics=1,2,3", "penalty=0");
        folder.Run("linear", Inputs(3), null, "p");
        Assert.Equal(folder.Bytes("p", "w"), folder.Bytes("o", "w"));
    }

    [Theory]
    [InlineData("weights has the sum 0; a mean needs another sum, or normalize false", "weights=1,-1")]
    [InlineData("weights has a sum beyond the range of double; a mean needs a smaller one: only their ratios count", "weights=1e308,1e308")]
    [InlineData("weights has 3 values for 2 inputs; it has one, or one for each input", "weights=1,1,1")]
    [InlineData("weights and metric are both given; the weights come from one of them", "weights=1", "metric=loss")]
    [InlineData("metrics is given without metric; say with metric whether they are losses, steps or scores", "metrics=1,2")]
    [InlineData("metrics has 1 values for 2 inputs; it has one for each input", "metric=loss", "metrics=1")]
    [InlineData("the loss of {0} is 0; weights need a number above 0", "metric=loss", "metrics=0,1")]
    [InlineData("the step of {0} is -5; weights need a number above 0", "metric=step", "metrics=5,20", "step-origin=10")]
    [InlineData("{0} has no metadata entry reparam.metric.score; give the values of all inputs with metrics", "metric=score")]
    [InlineData("normalize is false and metric is given; weights from a metric always have the sum 1", "metric=loss", "metrics=1,2", "normalize=false")]
    [InlineData("step-origin is given and metric is not step; it is the step at which the run began", "metric=loss", "metrics=1,2", "step-origin=2")]
    public void Options_that_do_not_go_together_are_told(string text, params string[] options)
    {
        WriteInputs(3, 2, DType.F32);
        var problem = Assert.Single(CheckpointFolder.Problems(() => folder.Run("linear", Inputs(2), null, "o", options)));
        Assert.Equal(("RPB0171", string.Format(CultureInfo.InvariantCulture, text, folder.PathOf("m0"))), (problem.Code, problem.Text));
    }

    private static string[] Inputs(int count) => [.. Enumerable.Range(0, count).Select(i => $"m{i}")];

    private void WriteInputs(int size, int count, DType dtype)
    {
        for (var i = 0; i < count; i++)
        {
            folder.Write($"m{i}", dtype, ("w", Vectors.Gaussian(size, 20 + i, dtype)));
        }
    }

    private void Expect(double[] weights, params string[] options)
    {
        var report = OperationRunner.Check(folder.Request("linear", ["m0", "m1", "m2"], null, "o", options));
        Vectors.Near(weights, JsonSerializer.Deserialize<double[]>(report.Found["weights"])!, 1e-14);
    }
}
