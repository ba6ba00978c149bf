using System.Collections.Immutable;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>The walk through the network: order, inputs, targets, what is left behind.</summary>
public class SequentialCompressionTests
{
    private static readonly SequentialOptions Repairing = new SequentialOptions { BatchesAtATime = 2 }.Residual("blocks.*.down", streamInputOf: "blocks.*.norm");

    [Fact]
    public void Layers_are_coded_in_the_order_in_which_they_run_and_only_those_that_run()
    {
        using var net = new UnusedNet();
        var result = Walk(net, ["spare.weight", "second.weight", "first.weight"], [randn(3, 4)], new SequentialOptions());
        Assert.Equal(["first.weight", "second.weight"], result.Layers.Select(layer => layer.Plan.Tensor));
        Assert.Equal("spare.weight", Assert.Single(result.NotReached));
    }

    [Fact]
    public void Layers_with_the_same_input_go_together_and_see_the_same_moments()
    {
        using var net = new ResidualNet();
        var result = Walk(net, [.. net.Weights.Reverse()], Batches(3), Repairing);
        Assert.Equal(net.Weights, result.Layers.Select(layer => layer.Plan.Tensor));
        foreach (var (up, gate) in new[] { (0, 1), (3, 4) })
        {
            Assert.Equal(result.Layers[up].Calibration!.Gram.Values.ToArray(), result.Layers[gate].Calibration!.Gram.Values.ToArray());
        }

        Assert.All(result.Layers, layer => Assert.Equal(3 * 5, layer.Calibration!.Gram.Tokens));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inputs_and_targets_are_those_of_the_formula(bool repair)
    {
        // By hand, in double precision: the model with a coded prefix beside the float model, and the normal equations solved by elimination.
        manual_seed(4);
        using var net = new ResidualNet();
        var batches = Batches(3);
        var options = repair ? Repairing : Repairing with { Residuals = [] };
        var result = Walk(net, [.. net.Weights], batches, options);
        var at = result.Layers.Select(layer => layer.Plan.Tensor).ToList().IndexOf("blocks.1.down.weight");
        var (x, stream) = Observe(net, batches);

        var original = net.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        using var noGrad = no_grad();
        foreach (var layer in result.Layers.Take(at))
        {
            net.state_dict()[layer.Plan.Tensor].copy_(tensor(layer.Coded.Matrix.Decode()).view(original[layer.Plan.Tensor].shape));
        }

        var (coded, codedStream) = Observe(net, batches);
        var weights = original["blocks.1.down.weight"].to(ScalarType.Float64);
        var (expectedGram, expectedTarget) = ByHand(weights, x, coded, repair ? stream - codedStream : zeros_like(stream), options.Ridge);
        var found = result.Layers[at].Calibration!;
        AssertClose(expectedGram, found.Gram.Values.Span, 1e-5);
        AssertClose(expectedTarget, found.Target!.Value.Span, 1e-4);
        Assert.NotEqual(weights.to(ScalarType.Float32).data<float>().ToArray(), found.Target.Value.ToArray());
    }

    [Fact]
    public void Inputs_that_do_not_fit_into_memory_are_computed_again_and_change_nothing()
    {
        using var net = new ResidualNet();
        var batches = Batches(5);
        var kept = Walk(net, [.. net.Weights], batches, Repairing);
        foreach (var limit in new[] { 0, 2000 })
        {
            var again = Walk(net, [.. net.Weights], batches, Repairing with { CacheBytes = limit });
            foreach (var (a, b) in kept.Layers.Zip(again.Layers))
            {
                Assert.Equal(a.Calibration!.Gram.Values.ToArray(), b.Calibration!.Gram.Values.ToArray());
                Assert.Equal(a.Calibration.Target?.ToArray(), b.Calibration.Target?.ToArray());
            }
        }
    }

    [Fact]
    public void The_first_layer_has_plain_inputs_and_no_target()
    {
        using var net = new ResidualNet();
        var batches = Batches(2);
        var first = Walk(net, [.. net.Weights], batches, Repairing).Layers[0].Calibration!;
        using var x = Part(net, "blocks.0.norm").call(cat(batches).view(-1, 8)).to(ScalarType.Float64);
        AssertClose(x.t().mm(x) / x.shape[0], first.Gram.Values.Span, 1e-5);
        Assert.Null(first.Target);
    }

    [Fact]
    public void Without_targets_the_inputs_alone_are_those_of_the_prefix()
    {
        using var net = new ResidualNet();
        var batches = Batches(2);
        var result = Walk(net, [.. net.Weights], batches, Repairing with { Targets = false });
        Assert.All(result.Layers, layer => Assert.Null(layer.Calibration!.Target));
        var perfect = Walk(net, [.. net.Weights], batches, Repairing with { Targets = false }, Lossless);
        Assert.Equal(perfect.Layers[0].Calibration!.Gram.Values.ToArray(), result.Layers[0].Calibration!.Gram.Values.ToArray());
        Assert.NotEqual(perfect.Layers[2].Calibration!.Gram.Values.ToArray(), result.Layers[2].Calibration!.Gram.Values.ToArray());
    }

    [Fact]
    public void Behind_lossless_layers_the_target_is_the_layers_own_weight()
    {
        using var net = new ResidualNet();
        var result = Walk(net, [.. net.Weights], Batches(2), Repairing, Lossless);
        Assert.All(result.Layers.Skip(2), layer =>
            AssertClose(net.state_dict()[layer.Plan.Tensor].to(ScalarType.Float64), layer.Calibration!.Target!.Value.Span, 5e-3));
    }

    [Fact]
    public void Repair_brings_the_models_predictions_nearer_to_the_float_models()
    {
        // The first block loses its output altogether; the second one can put it back, because its inputs tell of it.
        manual_seed(1);
        using var net = new ResidualNet(width: 8, hidden: 32);
        var batches = Batches(8, tokens: 32);
        CodedLayer Spoil(LayerPlan plan, float[] weights, int rows, int columns, LayerCalibration? calibration) =>
            plan.Tensor == "blocks.0.down.weight"
                ? Coder(plan, new float[weights.Length], rows, columns, null)
                : Lossless(plan, weights, rows, columns, calibration);

        double Divergence(SequentialOptions options)
        {
            var result = Walk(net, [.. net.Weights], batches, options, Spoil);
            var weights = result.Layers.ToDictionary(layer => layer.Plan.Tensor, layer => (ReadOnlyMemory<float>)layer.Coded.Matrix.Decode());
            return net.MeasureDivergence(weights, batches, net.call);
        }

        var plain = Divergence(Repairing with { Targets = false });
        var targets = Divergence(Repairing with { Residuals = [] });
        var repaired = Divergence(Repairing);
        Assert.True(targets < plain, $"{targets} with targets, {plain} without");
        Assert.True(repaired < 0.7 * targets, $"{repaired} with repair, {targets} without");
    }

    [Fact]
    public void Convolutions_see_what_lies_under_their_kernel_and_repair_their_stream()
    {
        manual_seed(2);
        using var net = new ConvNet();
        List<Tensor> batches = [randn(2, 3, 6, 5), randn(1, 3, 6, 5)];
        var options = new SequentialOptions().Residual("second", streamInputOf: "norm");
        var result = Walk(net, ["first.weight", "second.weight"], batches, options);
        using var x = cat([.. batches.Select(batch => functional.unfold(functional.pad(batch, [1, 1, 1, 1]), (3, 3)).movedim([1], [-1]).reshape(-1, 27))]).to(ScalarType.Float64);
        AssertClose(x.t().mm(x) / x.shape[0], result.Layers[0].Calibration!.Gram.Values.Span, 1e-5);
        Assert.Equal(3 * 30, result.Layers[1].Calibration!.Gram.Tokens);
        Assert.NotNull(result.Layers[1].Calibration!.Target);
    }

    [Fact]
    public void Float_model_and_coded_prefix_are_looked_at_in_the_same_places()
    {
        manual_seed(2);
        using var net = new ConvNet();
        List<Tensor> batches = [.. Enumerable.Range(0, 20).Select(_ => randn(2, 3, 6, 5))];
        var sampled = new PlaceSampling { RowsPerInput = 1, MinRows = 200 };
        foreach (var options in new[] { new SequentialOptions { Sampling = sampled }, new SequentialOptions { Sampling = sampled, CacheBytes = 0 } })
        {
            // Nothing is lost before the second layer, so that its target is its weight, unless x and x̂ come from different places.
            var result = Walk(net, ["first.weight", "second.weight"], batches, options.Residual("second", streamInputOf: "norm"), Lossless);
            Assert.InRange(result.Layers[1].Calibration!.Gram.Tokens, 100, 300);
            var weight = net.get_parameter("second.weight")!;
            AssertClose(weight.view(weight.shape[0], -1).to(ScalarType.Float64), result.Layers[1].Calibration!.Target!.Value.Span, 5e-3);
        }
    }

    [Fact]
    public void Forwards_end_at_the_layer_that_is_asked_for()
    {
        using var net = new ResidualNet();
        Walk(net, [.. net.Weights], Batches(4), Repairing);
        Assert.Equal(1, net.Forwards);    // the one that found the order
    }

    [Fact]
    public void Emitted_layers_are_coded_as_they_would_be_exported()
    {
        using var net = new Models.CompandNet();
        Train(net, randn(4, 7), randn(4, 5), 3);
        var seen = new Dictionary<string, float[]>();
        Walk(net, ["proj.weight"], [randn(4, 7)], new SequentialOptions(), (plan, weights, rows, columns, calibration) =>
        {
            seen[plan.Tensor] = weights;
            return Coder(plan, weights, rows, columns, calibration);
        });
        using var dense = Layer(net.Proj).DenseWeight();
        Assert.Equal(dense.to(ScalarType.Float32).data<float>().ToArray(), seen["proj.weight"]);
        Assert.False(Layer(net.Proj).IsFolded);
        Assert.True(net.training);
    }

    [Theory]
    [InlineData("done")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public void The_model_is_left_as_it_was(string end)
    {
        using var net = new ResidualNet();
        var kept = Snapshot(net);
        var head = Part(net, "head");
        head.eval();
        var batches = Batches(2);
        using var before = net.call(batches[0]);
        using var source = new CancellationTokenSource();
        var coded = 0;
        var act = () => Walk(net, [.. net.Weights], batches, Repairing, (plan, weights, rows, columns, calibration) =>
        {
            if (++coded == 4)
            {
                switch (end)
                {
                    case "failed":
                        throw new NotSupportedException("no more");
                    case "cancelled":
                        source.Cancel();
                        break;
                }
            }

            return Coder(plan, weights, rows, columns, calibration);
        }, source.Token);
        switch (end)
        {
            case "failed":
                Assert.Throws<NotSupportedException>(act);
                break;
            case "cancelled":
                Assert.Throws<OperationCanceledException>(act);
                break;
            default:
                Assert.Equal(7, act().Layers.Length);
                break;
        }

        Assert.All(kept, entry => Assert.True(Same(entry.Value, net.state_dict()[entry.Key]), entry.Key));
        using var after = net.call(batches[0]);
        Assert.True(Same(before, after));
        Assert.True(net.training);
        Assert.False(head.training);
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var net = new ResidualNet();
        var batches = Batches(3);
        Walk(net, [.. net.Weights], batches, Repairing);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        Walk(net, [.. net.Weights], batches, Repairing);
        net.MeasureDivergence(new Dictionary<string, ReadOnlyMemory<float>> { ["head.weight"] = new float[6 * 8] }, batches, net.call);
        Assert.InRange(Tensor.TotalCount - before, long.MinValue, 0);
    }

    [Fact]
    public void What_cannot_be_done_is_refused_by_name()
    {
        using var net = new ResidualNet();
        var batches = Batches(1);
        ImmutableArray<LayerPlan> layers = [.. net.Weights.Select(Plan)];
        void Refuses(string part, Action act) => Assert.Contains(part, Assert.ThrowsAny<Exception>(act).Message);

        Refuses("blocks.7.up.weight", () => Walk(net, ["blocks.7.up.weight"], batches, Repairing with { Residuals = [] }));
        Refuses("blocks.0.norm.weight", () => Walk(net, ["blocks.0.norm.weight"], batches, Repairing with { Residuals = [] }));
        Refuses("blocks.*.dwon", () => Walk(net, [.. net.Weights], batches, Repairing.Residual("blocks.*.dwon", "blocks.*.norm")));
        Refuses("blocks.0.nrom", () => Walk(net, [.. net.Weights], batches, Repairing with { Residuals = [new("blocks.*.down", "blocks.*.nrom")] }));
        Refuses("number of *", () => Walk(net, [.. net.Weights], batches, Repairing.Residual("blocks.0.down", "blocks.*.norm")));
        Refuses("runs after", () => Walk(net, [.. net.Weights], batches, Repairing with { Residuals = [new("blocks.0.down", "blocks.1.norm")] }));
        Refuses("at least one", () => net.CompressSequentially(layers, Array.Empty<Tensor>(), batch => net.call(batch)));
        Refuses("blocks.0.up.weight", () => Walk(net, [.. net.Weights], [full(2, 5, 8, float.NaN)], Repairing));
        Refuses("ridge", () => Walk(net, [.. net.Weights], batches, Repairing with { Ridge = 0 }));
    }

    // What reaches the last layer that writes into the stream, and the stream before it, as the model runs now: [tokens, ...], float64.
    private static (Tensor Inputs, Tensor Stream) Observe(ResidualNet net, IEnumerable<Tensor> batches)
    {
        var inputs = new List<Tensor>();
        var streams = new List<Tensor>();
        var down = Part(net, "blocks.1.down").register_forward_pre_hook((_, x) => Keep(inputs, x));
        var norm = Part(net, "blocks.1.norm").register_forward_pre_hook((_, x) => Keep(streams, x));
        foreach (var batch in batches)
        {
            net.call(batch);
        }

        down.remove();
        norm.remove();
        return (cat(inputs), cat(streams));

        static Tensor Keep(List<Tensor> into, Tensor x)
        {
            into.Add(x.detach().reshape(-1, x.shape[^1]).to(ScalarType.Float64));
            return x;
        }
    }

    // H and W + ((H + λI)⁻¹ mean x̂ (W x + s − ŝ − W x̂)ᵀ)ᵀ, one element after the other.
    private static (Tensor Gram, Tensor Target) ByHand(Tensor weights, Tensor x, Tensor coded, Tensor streamError, double ridge)
    {
        var (w, input, seen, error) = (Rows(weights), Rows(x), Rows(coded), Rows(streamError));
        var (rows, columns, tokens) = (w.Length, w[0].Length, input.Length);
        var gram = New(columns, columns);
        var wanted = New(columns, rows);
        for (var t = 0; t < tokens; t++)
        {
            for (var i = 0; i < columns; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    gram[i][j] += seen[t][i] * seen[t][j] / tokens;
                }

                for (var r = 0; r < rows; r++)
                {
                    var missing = error[t][r] + Enumerable.Range(0, columns).Sum(k => w[r][k] * (input[t][k] - seen[t][k]));
                    wanted[i][r] += seen[t][i] * missing / tokens;
                }
            }
        }

        var expectedGram = tensor(gram.SelectMany(row => row).ToArray()).view(columns, columns);
        var lambda = ridge * Enumerable.Range(0, columns).Average(i => gram[i][i]);
        for (var i = 0; i < columns; i++)
        {
            gram[i][i] += lambda;
        }

        // Gauss and Jordan; the matrix is positive definite.
        for (var pivot = 0; pivot < columns; pivot++)
        {
            for (var i = 0; i < columns; i++)
            {
                var factor = gram[i][pivot] / gram[pivot][pivot];
                for (var j = 0; i != pivot && j < columns; j++)
                {
                    gram[i][j] -= factor * gram[pivot][j];
                }

                for (var r = 0; i != pivot && r < rows; r++)
                {
                    wanted[i][r] -= factor * wanted[pivot][r];
                }
            }
        }

        var target = w.SelectMany((row, r) => row.Select((value, k) => value + (wanted[k][r] / gram[k][k]))).ToArray();
        return (expectedGram, tensor(target).view(rows, columns));

        static double[][] New(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];

        static double[][] Rows(Tensor matrix) => [.. Enumerable.Range(0, (int)matrix.shape[0]).Select(row => matrix[row].data<double>().ToArray())];
    }

    private static Module<Tensor, Tensor> Part(Module net, string path) => (Module<Tensor, Tensor>)net.named_modules().First(entry => entry.name == path).module;

    private static void AssertClose(Tensor expected, ReadOnlySpan<float> found, double tolerance)
    {
        var values = expected.contiguous().data<double>().ToArray();
        Assert.Equal(values.Length, found.Length);
        var largest = values.Max(Math.Abs);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.InRange(found[i], values[i] - (tolerance * largest), values[i] + (tolerance * largest));
        }
    }

    private static LayerPlan Plan(string tensor) => new(tensor, new ShiftAddAttribute(2) { GroupSize = 8, Layout = ShiftAddLayout.Row });

    private static SequentialResult Walk(
        Module<Tensor, Tensor> net, IEnumerable<string> tensors, IReadOnlyList<Tensor> batches, SequentialOptions options,
        LayerEncoder? encode = null, CancellationToken cancellation = default)
    {
        options.Validate();
        ImmutableArray<LayerPlan> layers = [.. tensors.Select(Plan)];
        using var running = new RunningModel(net, layers.Select(layer => layer.Tensor));
        var coder = encode ?? Coder;
        CodedLayer Encode(LayerJob job) => coder(Plan(job.Tensor), job.Weights.ToArray(), job.Rows, job.Columns, job.Calibration);
        return new SequentialRun<Tensor>(running, layers, batches, batch => net.call(batch), options, Encode, null, cancellation).Run();
    }

    // Nearest codes of the target, whatever the inputs.
    private static CodedLayer Coder(LayerPlan plan, float[] weights, int rows, int columns, LayerCalibration? calibration) =>
        ShiftAddCoder.Encode(calibration?.Target ?? weights, rows, columns, plan.Options.As<ShiftAddAttribute>());

    // A scale of its own for each weight: nothing is lost but what half precision rounds.
    private static CodedLayer Lossless(LayerPlan plan, float[] weights, int rows, int columns, LayerCalibration? calibration) =>
        ShiftAddCoder.Encode(calibration?.Target ?? weights, rows, columns, new ShiftAddAttribute(1) { GroupSize = 1, Layout = ShiftAddLayout.Row });

    private static List<Tensor> Batches(int count, int tokens = 5) => [.. Enumerable.Range(0, count).Select(_ => randn(1, tokens, 8))];

    private delegate CodedLayer LayerEncoder(LayerPlan plan, float[] weights, int rows, int columns, LayerCalibration? calibration);
}
