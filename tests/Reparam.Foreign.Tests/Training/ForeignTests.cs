using System.Reflection;
using Foreign.Methods;
using Reparam;
using Reparam.Checkpoints;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Module = TorchSharp.torch.nn.Module;

namespace Foreign;

/// <summary>A rule, an input map, a map that asks for inputs and a side path with shared state, all written in this assembly on the public surface.</summary>
public class ForeignTests
{
    [Fact]
    public void A_rule_is_called_in_order_sees_its_layers_and_keeps_its_state()
    {
        manual_seed(1);
        var net = new PullNet();
        using var x = randn(16, 6);
        var before = net.state_dict().Keys.ToArray();
        Assert.DoesNotContain(before, name => name.StartsWith("reparam", StringComparison.Ordinal));
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        for (var i = 0; i < 3; i++)
        {
            optimizer.zero_grad();
            var plain = functional.mse_loss(net.call(x), zeros(16, 3));
            var loss = net.AddReparamLoss(plain);
            var weights = net.state_dict();
            var term = (weights["first.weight"].square().sum() * 0.25) + (weights["second.weight"].square().sum() * 0.05);
            Assert.Equal((plain + term).item<float>(), loss.item<float>(), 1e-5);
            loss.backward();
            net.AfterBackward();
            var norm = Math.Sqrt(net.ReparamLayers().Sum(l => l.Layer.Weight.grad!.square().sum().item<float>()));
            Assert.InRange(norm, 0, 0.25 * 1.0001);
            optimizer.step();
            net.AfterOptimizerStep();
        }

        var state = net.state_dict();
        Assert.Equal(
            ["reparam.pull.first.steps", "reparam.pull.largest", "reparam.pull.second.steps", "reparam.step"],
            state.Keys.Except(before).Order(StringComparer.Ordinal));
        Assert.Equal(3, state["reparam.step"].item<long>());
        Assert.Equal(3, state["reparam.pull.second.steps"].item<long>());
        Assert.True(state["reparam.pull.largest"].item<float>() > 0);
    }

    [Fact]
    public void A_rules_state_is_saved_loaded_and_started_anew_by_a_plain_file()
    {
        var net = new PullNet();
        Train(net, 4);
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (saved, dense) = (Path.Combine(folder, "saved.safetensors"), Path.Combine(folder, "dense.safetensors"));
        net.SaveSafetensors(saved);
        net.ExportDense(dense);
        using (var file = Checkpoint.Open(dense))
        {
            Assert.Equal(["first.bias", "first.weight", "second.bias", "second.weight"], file.Names.Order(StringComparer.Ordinal));
        }

        var again = new PullNet();
        again.LoadSafetensors(saved);
        AssertSame(net, again);
        again.to(ScalarType.Float64);
        Train(again, 1, ScalarType.Float64);
        Assert.Equal(5, again.state_dict()["reparam.step"].item<long>());
        again.LoadSafetensors(dense);
        Assert.Equal(0, again.state_dict()["reparam.step"].item<long>());
        Assert.Equal(0, again.state_dict()["reparam.pull.largest"].item<double>());
    }

    [Fact]
    public void Two_roots_for_one_part_are_refused()
    {
        var net = new PullNet();
        Train(net, 1);
        var outer = Sequential(("inner", net), ("more", new PullNet()));
        Assert.Contains("one and the same root", Assert.Throws<InvalidOperationException>(() => outer.AfterOptimizerStep()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_map_waits_for_its_calibration_and_then_maps()
    {
        manual_seed(2);
        var net = new LevelsNet();
        var first = (ReparamLayer)net.First;
        using var x = randn(32, 6);
        using var plain = functional.linear(x, first.EffectiveWeight(), first.Bias);
        Assert.True(first.IsWaiting);
        AssertNear(net.First.call(x), plain, 1e-6);

        net.CalibrateReparam(() => net.call(x));
        Assert.False(first.IsWaiting);
        Assert.Equal(["reparam.levels.low", "reparam.levels.step"], first.InputStates);
        var (low, high) = (x.min().item<float>(), x.max().item<float>());
        var step = (high - low) / 7;
        using var rounded = (((x - low) / step).round() * step) + low;
        using var expected = functional.linear(rounded, first.EffectiveWeight(), first.Bias);
        AssertNear(net.First.call(x), expected, 1e-5);
        net.Fold();
        AssertNear(net.First.call(x), expected, 1e-5);
        net.Unfold();

        // A second calibration moves the bounds in place.
        var kept = net.state_dict()["first.reparam.levels.low"];
        net.CalibrateReparam(() => net.call(x * 3));
        Assert.Equal(3 * low, kept.item<float>(), 1e-4);
    }

    [Fact]
    public void Gradients_pass_a_straight_through_input_map()
    {
        var net = new LevelsNet();
        using var x = randn(8, 6).requires_grad_();
        net.CalibrateReparam(() => net.call(x));
        net.train();
        net.First.call(x).sum().backward();
        AssertNear(x.grad!, ((ReparamLayer)net.First).EffectiveWeight().sum([0]).expand(8, 6), 1e-5);
    }

    [Fact]
    public void A_build_methods_input_map_is_on_where_it_is_asked_for_and_goes_into_the_export()
    {
        var net = new LevelsNet();
        Assert.IsType<TorchSharp.Modules.Linear>(net.Plain);
        Assert.Contains("second.reparam.coarse.input_step", net.state_dict().Keys);
        Assert.Contains(net.ReparamParameterGroups(0, 1), g => g.Names.Contains("second.reparam.coarse.input_step") && g.LearningRate == 0.5);
        net.CalibrateReparam(() => net.call(randn(4, 6)));
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "dense.safetensors");
        net.ExportDense(path);
        using var file = Checkpoint.Open(path);
        Assert.Equal(["second.reparam.coarse.input_step"], file.Names.Where(n => n.Contains("reparam", StringComparison.Ordinal)));

        var manifest = typeof(LevelsNet).Assembly.GetCustomAttributes<ReparamManifestAttribute>().Single(m => m.Module == typeof(LevelsNet).FullName).Json;
        Assert.Contains(
            """{ "path": "first", "kind": "linear", "inputMap": { "method": "levels", "options": { "bits": 3 }, "state": ["reparam.levels.low", "reparam.levels.step"] } }""",
            manifest, StringComparison.Ordinal);
        Assert.Contains("""{ "path": "plain", "kind": "linear", "method": "coarse", "options": {  } }""", manifest, StringComparison.Ordinal);
        Assert.Contains("""{ "method": "coarse", "options": { "activations": 4 }, "state": ["reparam.coarse.input_step"] }""", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_that_asks_for_inputs_is_attached_by_the_calibration()
    {
        manual_seed(3);
        var net = new WhitenNet();
        using var x = randn(8, 2, 9, 9) * 3;
        net.eval();
        using var before = net.call(x);
        net.CalibrateReparam(() => net.call(x));
        Assert.False(net.training);
        AssertNear(net.call(x), before, 1e-5);

        // A column of a grouped convolution sees the inputs of both groups.
        using var columns = functional.unfold(x, (3, 3), stride: (2, 2)).view(8, 2, 9, -1);
        AssertNear(net.state_dict()["image.reparam.whiten.scale"], columns.square().mean([0, 1, 3]).rsqrt(), 1e-5);
        AssertNear(net.state_dict()["image.reparam.whiten.mean"], columns.mean([0, 1, 3]), 1e-5);

        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "saved.safetensors");
        net.SaveSafetensors(path);
        var again = new WhitenNet();
        again.LoadSafetensors(path);
        AssertSame(net, again);
        Assert.Throws<InvalidOperationException>(() => new WhitenNet().CalibrateReparam(() => { }));
    }

    [Fact]
    public void Shared_state_is_kept_once_and_trained_by_all()
    {
        manual_seed(4);
        var net = new BasisNet();
        net.PrepareReparam();
        Assert.Equal(
            [
                "first.bias", "first.reparam.basis.a", "first.reparam.basis.b", "first.weight", "reparam.basis.s", "reparam.step",
                "second.bias", "second.reparam.basis.a", "second.reparam.basis.b", "second.weight",
            ],
            net.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Single(net.ReparamParameterGroups(0, 0.05), g => g.Names.Contains("reparam.basis.s"));
        Train(net, 5);
        using var s = net.state_dict()["reparam.basis.s"].detach().clone();
        Assert.Equal(Math.Sqrt(2), s.norm().item<float>(), 1e-5);
        Assert.True((s - eye(2)).abs().max().item<float>() > 1e-4);

        net.eval();
        using var x = randn(4, 6);
        using var unfolded = net.call(x);
        net.Fold();
        AssertNear(net.call(x), unfolded, 1e-5);
        Overwrite(net, zeros(2, 2));
        using var folded = net.call(x);
        net.Unfold();
        AssertNear(net.call(x), folded, 1e-5);
        Overwrite(net, s);
    }

    [Fact]
    public void Shared_state_is_in_checkpoints_and_in_adapters()
    {
        var net = new BasisNet();
        Train(net, 5);
        using var s = net.state_dict()["reparam.basis.s"].detach().clone();
        var folder = Directory.CreateTempSubdirectory().FullName;
        net.SaveSafetensors(Path.Combine(folder, "all.safetensors"));
        net.SaveAdapters(Path.Combine(folder, "adapters.safetensors"));
        var again = new BasisNet();
        again.LoadSafetensors(Path.Combine(folder, "all.safetensors"));
        AssertSame(net, again);
        Overwrite(again, eye(2) * 7);
        again.LoadAdapters(Path.Combine(folder, "adapters.safetensors"));
        AssertNear(again.state_dict()["reparam.basis.s"], s, 0);
    }

    [Fact]
    public void Rules_of_two_attributes_with_one_short_name_are_told_apart()
    {
        var net = new TwoPullsNet();
        var refused = Assert.Throws<InvalidOperationException>(() => net.AddReparamLoss(zeros(1).sum()));
        Assert.Contains("Foreign.Methods.PullAttribute and Foreign.Methods.Other.PullAttribute both keep", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'reparam.pull'; give one of them another StateKey", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adaptation_freezes_what_maps_share_and_leaves_what_side_paths_share()
    {
        var net = new GainNet();
        net.StartAdaptation();
        Assert.Equal(
            ["second.reparam.lora.a", "second.reparam.lora.b"],
            net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).Order(StringComparer.Ordinal));
        Assert.Contains("reparam.gain.g", net.state_dict().Keys);

        var shared = new BasisNet();
        shared.StartAdaptation();
        Assert.True(shared.named_parameters().Single(p => p.name == "reparam.basis.s").parameter.requires_grad);
    }

    [Fact]
    public void A_calibration_leaves_each_part_in_its_mode()
    {
        var net = new WhitenNet();
        net.train();
        net.Image.eval();
        using var x = randn(2, 2, 9, 9);
        net.CalibrateReparam(() =>
        {
            Assert.False(net.training);
            net.call(x).Dispose();
        });
        Assert.True(net.training);
        Assert.False(net.Image.training);
        Assert.True(net.named_children().Where(child => child.name != "image").All(child => child.module.training));
    }

    [Fact]
    public void A_loop_that_never_says_that_it_stepped_is_told_once()
    {
        var handler = ReparamWarnings.Handler;
        var told = new List<string>();
        ReparamWarnings.Handler = told.Add;
        try
        {
            var net = new PullNet();
            using var x = randn(4, 6);
            for (var i = 0; i < 200; i++)
            {
                net.call(x).sum().backward();
            }

            net.eval();
            Loop(net, x, 100, tells: false);
            Assert.Empty(told);
            net.train();
            Loop(net, x, 100, tells: true);
            Assert.Empty(told);
            Loop(net, x, 100, tells: false);
            Assert.Equal(2, told.Count);
            Assert.Contains("PullNet.First (Pull): 32 optimizer steps", told[0], StringComparison.Ordinal);
            Assert.Contains("AfterOptimizerStep()", told[1], StringComparison.Ordinal);
        }
        finally
        {
            ReparamWarnings.Handler = handler;
        }
    }

    private static void Overwrite(BasisNet net, Tensor value)
    {
        using var noGrad = no_grad();
        net.state_dict()["reparam.basis.s"].copy_(value);
    }

    private static void Loop(Module<Tensor, Tensor> net, Tensor x, int steps, bool tells)
    {
        using var optimizer = optim.SGD(net.parameters(), 1e-3);
        for (var i = 0; i < steps; i++)
        {
            optimizer.zero_grad();
            net.call(x).square().mean().backward();
            optimizer.step();
            if (tells)
            {
                net.AfterOptimizerStep();
            }
        }
    }

    private static void Train(Module<Tensor, Tensor> net, int steps, ScalarType type = ScalarType.Float32)
    {
        using var x = randn(16, 6, dtype: type);
        using var target = randn(16, 3, dtype: type);
        net.train();
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0, 0.05).ForAdamW());
        for (var i = 0; i < steps; i++)
        {
            optimizer.zero_grad();
            net.AddReparamLoss(functional.mse_loss(net.call(x), target)).backward();
            net.AfterBackward();
            optimizer.step();
            net.AfterOptimizerStep();
        }
    }

    private static void AssertNear(Tensor found, Tensor expected, double tolerance)
    {
        Assert.Equal(expected.shape, found.shape);
        Assert.InRange((found.detach() - expected.detach()).abs().max().to(ScalarType.Float64).item<double>(), 0, tolerance);
    }

    private static void AssertSame(Module expected, Module found)
    {
        Assert.Equal(expected.state_dict().Keys.Order(StringComparer.Ordinal), found.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.All(expected.state_dict(), e => AssertNear(found.state_dict()[e.Key].to(ScalarType.Float64), e.Value.to(ScalarType.Float64), 0));
    }
}
