using Reparam.Checkpoints;
using Reparam.Compression.Methods;
using Reparam.Training.Uniform;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Uniform;

/// <summary>Emitted layers whose inputs are rounded, from calibration to export.</summary>
public class UniformLayerTests
{
    private static readonly string[] States =
        ["conv.reparam.uniform.input_scale", "conv.reparam.uniform.input_zero", "wide.reparam.uniform.input_scale", "wide.reparam.uniform.input_zero"];

    [Fact]
    public void Inputs_are_rounded_once_a_calibration_has_shown_their_range()
    {
        manual_seed(1);
        using var net = new UniformNet();
        using var x = randint(0, 11, [5, 2]);
        using var before = net.call(x);
        Assert.Equal(2, net.ReparamLayers().Count());
        Assert.IsNotAssignableFrom<ReparamLayer>(net.Tokens);
        Assert.DoesNotContain(net.state_dict().Keys, name => name.Contains("reparam", StringComparison.Ordinal));
        net.CalibrateReparam(() => net.call(x));
        Assert.Equal(States, net.state_dict().Keys.Where(name => name.Contains("reparam", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal([1], net.state_dict()[States[0]].shape);
        Assert.Equal([48], net.state_dict()[States[2]].shape);
        Assert.DoesNotContain(net.named_parameters(), parameter => parameter.name.Contains("reparam", StringComparison.Ordinal));

        // A little is lost, and what the convolution sees is what the map gives.
        using var after = net.call(x);
        Assert.InRange(Distance(after, before), 1e-7, 0.1);
        var layer = Layer(net.Conv);
        using var image = randn(3, 2, 5, 5);
        var state = net.state_dict();
        var mapped = UniformInputMap.Map(image, state[States[0]], state[States[1]], layer.Shape);
        Assert.Equal(0, Distance(nn.functional.conv2d(mapped, layer.Weight, layer.Bias, padding: [1, 1], groups: 2), layer.call(image)));
    }

    [Fact]
    public void A_later_calibration_is_not_clipped_by_the_grids_of_an_earlier_one()
    {
        manual_seed(5);
        using var net = Calibrated(out var x);
        using (no_grad())
        {
            net.state_dict()["tokens.weight"].mul_(10);
        }

        net.CalibrateReparam(() => net.call(x));
        var once = Snapshot(net);
        net.CalibrateReparam(() => net.call(x));
        Assert.All(States, name => Assert.True(Same(once[name], net.state_dict()[name]), name));
    }

    [Fact]
    public void It_trains_folds_and_is_calibrated_anew()
    {
        manual_seed(2);
        using var net = Calibrated(out var x);
        var kept = Snapshot(net);
        var losses = Train(net, x, randn(5, 3), 30);
        Assert.True(losses[^1] < losses[0]);
        Assert.All(States, name => Assert.True(Same(kept[name], net.state_dict()[name])));

        net.eval();
        using var trained = net.call(x);
        net.Fold();
        Assert.Equal(0, Distance(net.call(x), trained));
        net.CalibrateReparam(() => net.call(x));
        Assert.NotEqual(0, Distance(kept[States[2]], net.state_dict()[States[2]]));
        using var folded = net.call(x);
        net.Unfold();
        Assert.Equal(0, Distance(net.call(x), folded));
    }

    [Fact]
    public void It_is_saved_loaded_and_exported_with_its_grids()
    {
        using var net = Calibrated(out var x);
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (saved, dense) = (Path.Combine(folder, "saved.safetensors"), Path.Combine(folder, "dense.safetensors"));
        net.SaveSafetensors(saved);
        net.ExportDense(dense);
        foreach (var path in new[] { saved, dense })
        {
            using var other = new UniformNet();
            other.LoadSafetensors(path);
            Assert.True(Same(net.call(x), other.call(x)));
        }

        using var file = Checkpoint.Open(dense);
        Assert.Equal(States, file.Names.Where(name => name.Contains("reparam", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void It_moves_to_other_types()
    {
        using var net = Calibrated(out var x);
        using var before = net.call(x);
        net.to(ScalarType.Float64);
        Assert.InRange(Distance(net.call(x), before), 0, 1e-5);
        net.to(ScalarType.BFloat16);
        using var narrow = net.call(x);
        Assert.Equal(ScalarType.BFloat16, narrow.dtype);
        Assert.InRange(Distance(narrow, before), 0, 0.1);
    }

    [Fact]
    public void Inputs_that_are_not_finite_are_no_calibration()
    {
        using var net = new UniformNet();
        using (no_grad())
        {
            ((TorchSharp.Modules.Embedding)net.Tokens).weight!.fill_(float.NaN);
        }

        using var x = randint(0, 11, [5, 2]);
        Assert.Contains("UniformNet.Conv", Assert.Throws<ArgumentException>(() => net.CalibrateReparam(() => net.call(x))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recorded_moments_are_those_of_the_rounded_inputs()
    {
        using var net = Calibrated(out var x);
        net.eval();
        using var recorder = CalibrationRecorder.Attach(net);
        net.call(x);
        using var image = ((TorchSharp.Modules.Embedding)net.Tokens).call(x).view(5, 2, 2, 4);
        using var wide = nn.functional.gelu(net.Conv.call(image)).flatten(1);
        var state = net.state_dict();
        using var mapped = UniformInputMap.Map(wide, state[States[2]], state[States[3]], Layer(net.Wide).Shape).to(ScalarType.Float64);
        var found = recorder.Find("wide.weight", 16, 48)!.Gram.Values.ToArray();
        Assert.InRange(Distance(tensor(found).view(48, 48), mapped.t().mm(mapped) / 5), 0, 1e-6);
        Assert.NotEqual(0, Distance(mapped, wide.to(ScalarType.Float64)));
    }

    [Fact]
    public void Compression_behind_the_coded_prefix_knows_the_grids()
    {
        using var net = Calibrated(out var x);
        var plans = net.CompressionPlan().RemoveAll(plan => plan.Tensor == "conv.weight");
        var result = net.CompressSequentially(plans, [x], batch => net.call(batch));
        var coded = result.Layers.ToDictionary(layer => layer.Plan.Tensor, layer => layer.Coded.Matrix);
        Assert.True(coded["wide.weight"].RoundsInputs);
        Assert.False(coded["out.weight"].RoundsInputs);
        Assert.False(coded["tokens.weight"].RoundsInputs);

        using var waiting = new UniformNet();
        var refused = Assert.Throws<UncodableLayerException>(() => { waiting.CompressSequentially(plans, [x], batch => waiting.call(batch)); });
        Assert.Contains("wide.reparam.uniform.input_scale", refused.Message, StringComparison.Ordinal);
    }

    private static UniformNet Calibrated(out Tensor x)
    {
        manual_seed(3);
        var net = new UniformNet();
        var batch = randint(0, 11, [5, 2]);
        net.CalibrateReparam(() => net.call(batch));
        x = batch;
        return net;
    }
}
