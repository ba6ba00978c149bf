using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Calibration;

/// <summary>What other weights do to a model's predictions.</summary>
public class OutputDivergenceTests
{
    private static readonly MethodOptions[] Candidates = [.. new[] { 1, 2, 4 }.Select(bits => (MethodOptions)new ShiftAddAttribute(bits) { GroupSize = 8, Layout = ShiftAddLayout.Row })];

    [Fact]
    public void The_divergence_is_that_of_its_definition()
    {
        using var net = new ResidualNet();
        List<Tensor> batches = [randn(1, 4, 8), randn(2, 3, 8)];
        var weights = Enumerable.Range(0, 48).Select(i => MathF.Sin(i)).ToArray();
        var found = net.MeasureDivergence(new Dictionary<string, ReadOnlyMemory<float>> { ["head.weight"] = weights }, batches, net.call);

        var p = Probabilities(net, batches);
        using (no_grad())
        {
            net.state_dict()["head.weight"].copy_(tensor(weights).view(6, 8));
        }

        var q = Probabilities(net, batches);
        var expected = p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum() / 10;
        Assert.Equal(expected, found, 6);
    }

    [Fact]
    public void The_same_weights_diverge_by_nothing()
    {
        using var net = new ResidualNet();
        var weights = net.Weights.ToDictionary(name => name, name => (ReadOnlyMemory<float>)net.state_dict()[name].data<float>().ToArray());
        Assert.Equal(0, net.MeasureDivergence(weights, [randn(1, 4, 8)], net.call));
    }

    [Fact]
    public void A_layers_sensitivity_is_the_divergence_with_this_layer_alone_coded()
    {
        using var net = new ResidualNet();
        var kept = Snapshot(net);
        List<Tensor> batches = [randn(1, 9, 8), randn(1, 9, 8)];
        string[] tensors = ["head.weight", "blocks.0.up.weight"];
        var found = net.MeasureSensitivity(tensors, Candidates, batches, net.call);
        Assert.Equal(tensors.SelectMany(tensor => Candidates.Select(options => (tensor, options))), found.Select(entry => (entry.Tensor, entry.Options)));
        foreach (var entry in found)
        {
            var shape = kept[entry.Tensor].shape;
            var coded = ShiftAddCoder.Encode(kept[entry.Tensor].data<float>().ToArray(), (int)shape[0], (int)shape[1], entry.Options.As<ShiftAddAttribute>()).Matrix.Decode();
            var alone = net.MeasureDivergence(new Dictionary<string, ReadOnlyMemory<float>> { [entry.Tensor] = coded }, batches, net.call);
            Assert.Equal(alone, entry.Cost, 12);
            Assert.True(entry.Cost > 0);
        }

        Assert.All(kept, entry => Assert.True(Same(entry.Value, net.state_dict()[entry.Key]), entry.Key));
    }

    [Fact]
    public void The_build_finds_each_cost_in_the_calibration_file()
    {
        using var net = new ResidualNet();
        var found = net.MeasureSensitivity(["head.weight"], Candidates, [randn(1, 9, 8)], net.call);
        var read = Sensitivities.Parse(found.ToCalibration(), "file");
        Assert.All(found, entry => Assert.Equal(entry.Cost, read.Find(entry.Tensor, entry.Options)));
        Assert.Null(read.Find("head.weight", Candidates[0].With("bits", 3)));
    }

    [Fact]
    public void Every_step_of_a_methods_ladder_is_measured_and_a_fixed_layer_has_its_own_coding_alone()
    {
        manual_seed(4);
        using var net = new ResidualNet();
        var options = MethodOptions.Of(new ShiftAddAttribute(2) { GroupSize = 8 });
        LayerPlan[] layers = [new("head.weight", options), new(net.Weights.First(), options, Fixed: true)];
        var found = net.MeasureSensitivity(layers, [randn(1, 9, 8)], net.call);
        Assert.Equal(
            [.. Enumerable.Range(1, 4).Select(bits => ("head.weight", options.With("bits", bits))), (layers[1].Tensor, options)],
            found.Select(entry => (entry.Tensor, entry.Options)));
        Assert.Equal(net.MeasureSensitivity(["head.weight"], [options], [randn(1, 9, 8)], net.call)[0].Options, found[1].Options);
    }

    [Fact]
    public void Four_planes_cost_the_model_less_than_one()
    {
        manual_seed(3);
        using var net = new ResidualNet();
        var found = net.MeasureSensitivity([.. net.Weights], Candidates, [randn(1, 64, 8)], net.call);
        Assert.All(found.Chunk(3), costs => Assert.True(costs[2].Cost < costs[0].Cost, $"{costs[0].Tensor}: {costs[2].Cost} with four planes, {costs[0].Cost} with one"));
    }

    [Fact]
    public void A_cancelled_measurement_leaves_the_model_as_it_was()
    {
        using var net = new ResidualNet();
        var kept = Snapshot(net);
        using var source = new CancellationTokenSource();
        var forwards = 0;
        Assert.Throws<OperationCanceledException>(() => net.MeasureSensitivity([.. net.Weights], Candidates, [randn(1, 4, 8)], Forward, cancellation: source.Token));
        Assert.InRange(forwards, 3, 4);
        Assert.All(kept, entry => Assert.True(Same(entry.Value, net.state_dict()[entry.Key]), entry.Key));

        Tensor Forward(Tensor batch)
        {
            if (++forwards == 3)
            {
                source.Cancel();
            }

            return net.call(batch);
        }
    }

    private static double[] Probabilities(ResidualNet net, IEnumerable<Tensor> batches) =>
        [.. batches.SelectMany(batch => nn.functional.softmax(net.call(batch).to(ScalarType.Float64), -1).data<double>().ToArray())];
}
