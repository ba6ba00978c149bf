using Reparam.Training.Tests.Models;
using TorchSharp;
using TorchSharp.Modules;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.LifeCycle;

/// <summary>Attach, train, adapt, fold and unfold on emitted layers.</summary>
public class LifeCycleTests
{
    public static TheoryData<string> Nets => ["compand", "sigma", "lora", "deferred", "adapting", "conv", "embedding"];

    [Theory]
    [MemberData(nameof(Nets))]
    public void Folding_keeps_the_output_and_unfolding_restores_everything(string name)
    {
        var (net, x) = Make(name);
        Perturb(net);
        net.eval();
        var state = Snapshot(net);
        var trained = net.parameters().Where(p => p.requires_grad).ToArray();
        using var before = net.call(x);
        net.Fold();
        net.Fold();
        using var folded = net.call(x);
        Assert.InRange(Distance(folded, before), 0, 1e-5 * Math.Max(1, before.abs().max().item<float>()));
        Assert.All(state, entry => Assert.True(Same(entry.Value, net.state_dict()[entry.Key]), entry.Key));
        Assert.All(net.ReparamLayers(), l => Assert.False(l.Layer.Weight.requires_grad));

        net.Unfold();
        net.Unfold();
        using var after = net.call(x);
        Assert.True(Same(before, after));
        Assert.Equal(trained, net.parameters().Where(p => p.requires_grad), ReferenceEqualityComparer.Instance as IEqualityComparer<Parameter>);
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void Training_lowers_the_loss_and_leaks_no_tensor(string name)
    {
        var (net, x) = Make(name);
        using var target = randn(net.call(x).shape);
        var losses = Train(net, x, target, 30);
        Assert.True(losses[^1] < losses[0], $"loss went from {losses[0]} to {losses[^1]}");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        using (var optimizer = optim.SGD(net.ReparamParameterGroups(0.1, 1e-4).ForSgd(), 1e-4))
        {
            for (var i = 0; i < 1000; i++)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                functional.mse_loss(net.call(x), target).backward();
                optimizer.step();
                net.AfterOptimizerStep();
            }

            Assert.InRange(Tensor.TotalCount - before, -1000, 0);
        }
    }

    [Fact]
    public void A_training_forward_advances_the_iteration_once_and_no_other_does()
    {
        var net = new SigmaNet();
        Perturb(net);
        var x = randn(3, 7);
        var u = net.state_dict()["proj.reparam.sigmareparam.u"];
        var kept = u.clone();
        net.eval();
        net.call(x);
        net.train();
        using (no_grad())
        {
            net.call(x);
        }

        Layer(net.Proj).EffectiveWeight();
        Layer(net.Proj).DenseWeight();
        Assert.True(Same(kept, u));

        net.call(x);
        using var noGrad = no_grad();
        var weight = net.state_dict()["proj.weight"];
        var v = functional.normalize(weight.mv(kept), dim: 0);
        Assert.InRange(Distance(u, functional.normalize(weight.t().mv(v), dim: 0)), 0, 1e-6);
    }

    [Fact]
    public void Before_adaptation_a_deferred_path_is_absent()
    {
        var net = new DeferredNet();
        Assert.DoesNotContain(net.state_dict().Keys, k => k.Contains("lora", StringComparison.Ordinal));
        Assert.All(net.ReparamLayers(), l => Assert.False(l.Layer.IsAdapting));
        Assert.All(net.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Starting_adaptation_keeps_the_function_and_freezes_all_but_the_paths()
    {
        var (net, x) = Make("deferred");
        Train(net, x, randn(net.call(x).shape), 20);
        net.eval();
        using var before = net.call(x);
        net.StartAdaptation();
        using var after = net.call(x);
        Assert.InRange(Distance(before, after), 0, 1e-5);
        Assert.All(net.named_parameters(), p => Assert.Equal(p.name.Contains("lora", StringComparison.Ordinal), p.parameter.requires_grad));

        var groups = net.ReparamParameterGroups(0.1, 0.01);
        Assert.Equal(["decay", "decay x16", "no decay", "frozen"], groups.Select(g => g.Name));
        Assert.Equal(["first.reparam.lora.a", "second.reparam.lora.a", "second.reparam.lora.b"], groups[0].Names.Order(StringComparer.Ordinal));
        Assert.Equal(["first.reparam.lora.b"], groups[1].Names);
        Assert.Equal(0.16, groups[1].LearningRate, 1e-12);
        Assert.Equal(["second.reparam.lora.m"], groups[2].Names);
    }

    [Fact]
    public void Adaptation_trains_the_paths_and_leaves_every_other_bit()
    {
        var (net, x) = Make("deferred");
        net.StartAdaptation();
        var state = Snapshot(net);
        var losses = Train(net, x, randn(net.call(x).shape), 50);
        Assert.True(losses[^1] < losses[0]);
        foreach (var (name, tensor) in net.state_dict())
        {
            Assert.Equal(!name.Contains("lora", StringComparison.Ordinal), Same(state[name], tensor));
        }
    }

    [Fact]
    public void Adaptation_needs_a_side_path_and_an_unfolded_model()
    {
        Assert.Throws<InvalidOperationException>(() => new CompandNet().StartAdaptation());
        var net = new DeferredNet();
        net.Fold();
        Assert.Contains("Unfold()", Assert.Throws<InvalidOperationException>(net.StartAdaptation).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_running_path_freezes_its_own_layers_weight_and_bias()
    {
        var net = new LoraNet();
        Assert.False(Layer(net.First).Weight.requires_grad);
        Assert.False(Layer(net.First).Bias!.requires_grad);
        Assert.True(net.state_dict().ContainsKey("first.reparam.lora.a"));
        Assert.True(((Linear)net.Second).weight.requires_grad);
    }

    [Fact]
    public void Weights_decay_and_scales_do_not()
    {
        var groups = new CompandNet().ReparamParameterGroups(0.1, 0.01);
        Assert.Equal(["decay", "no decay"], groups.Select(g => g.Name));
        Assert.Equal(["proj.weight"], groups[0].Names);
        Assert.Equal(["proj.bias", "proj.reparam.compand.a", "proj.reparam.compand.b"], groups[1].Names.Order(StringComparer.Ordinal));
        Assert.Equal((0.1, 0), (groups[0].WeightDecay, groups[1].WeightDecay));
    }

    [Fact]
    public void Fixed_scales_are_frozen()
    {
        var net = new FixedCompandNet();
        var frozen = Assert.Single(net.ReparamParameterGroups(0.1, 0.01), g => g.IsFrozen);
        Assert.Equal(["proj.reparam.compand.a", "proj.reparam.compand.b"], frozen.Names.Order(StringComparer.Ordinal));
        var state = Snapshot(net);
        Train(net, randn(5, 6), randn(5, 4), 10, decay: 0.1);
        Assert.True(Same(state["proj.reparam.compand.a"], net.state_dict()["proj.reparam.compand.a"]));
        Assert.False(Same(state["proj.weight"], net.state_dict()["proj.weight"]));
    }

    [Fact]
    public void A_folded_layers_weight_is_in_no_trained_group()
    {
        var net = new CompandNet();
        net.Fold();
        Assert.Equal(["no decay", "frozen"], net.ReparamParameterGroups(0.1, 0.01).Select(g => g.Name));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_refused_by_layer_and_method(float bad)
    {
        var layer = Layer(new SigmaNet().Proj);
        var weight = randn(5, 7);
        weight[2, 3] = bad;
        var refused = Assert.Throws<ArgumentException>(() => layer.AttachTo(weight));
        Assert.Equal("SigmaNet.Proj (SigmaReparam): the weight [5, 7] holds 1 values that are not finite.", refused.Message);
    }

    [Fact]
    public void Folding_refuses_a_state_that_is_not_finite()
    {
        var net = new CompandNet();
        using (no_grad())
        {
            net.state_dict()["proj.reparam.compand.a"].fill_(float.NaN);
        }

        Assert.Contains("CompandNet.Proj (Compand)", Assert.Throws<ArgumentException>(net.Fold).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_of_another_shape_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => Layer(new CompandNet().Proj).AttachTo(randn(7, 5)));
        Assert.StartsWith("CompandNet.Proj: the weight has shape [7, 5], expected [5, 7].", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void The_model_converts_to_another_type(string name)
    {
        var (net, x) = Make(name);
        net.eval();
        using var before = net.call(x);
        net.Fold();
        net.to(ScalarType.Float64);
        var input = x.is_floating_point() ? x.to(ScalarType.Float64) : x;
        Assert.InRange(Distance(net.call(input), before), 0, 1e-4);
        net.Unfold();
        Assert.InRange(Distance(net.call(input), before), 0, 1e-4);
        Assert.All(net.state_dict(), e => Assert.Equal(ScalarType.Float64, e.Value.dtype));
    }

    [Fact]
    public void Convolutions_keep_every_setting_of_the_plain_ones()
    {
        var net = new ConvNet();
        net.eval();
        var wave = Plain(net.Wave, Conv1d(4, 6, 3, padding: 2, dilation: 2, groups: 2, padding_mode: PaddingModes.Circular));
        var image = Plain(net.Image, Conv2d(1, 4, 3, stride: 2, padding: 1));
        var same = Plain(net.Same, Conv2d(4, 4, (2, 3), padding: Padding.Same, bias: false));
        var x = randn(3, 4, 17);
        Assert.InRange(Distance(net.call(x), same.call(image.call(wave.call(x).unsqueeze(1)))), 0, 1e-5);
    }

    private static Module<Tensor, Tensor> Plain(Module<Tensor, Tensor> emitted, Convolution plain)
    {
        using var noGrad = no_grad();
        plain.weight.copy_(Layer(emitted).EffectiveWeight());
        if (Layer(emitted).Bias is { } bias)
        {
            plain.bias!.copy_(bias);
        }

        return plain;
    }

    internal static (Module<Tensor, Tensor> Net, Tensor X) Make(string name)
    {
        manual_seed(11);
        return name switch
        {
            "compand" => (new CompandNet(), randn(9, 7)),
            "sigma" => (new SigmaNet(), randn(9, 7)),
            "lora" => (new LoraNet(), randn(9, 6)),
            "deferred" => (new DeferredNet(), randn(9, 6)),
            "adapting" => (Adapting(), randn(9, 6)),

            // The gradient of libtorch 2.10 reads memory that nobody wrote where two images of an odd size meet an even kernel with the padding "same".
            "conv" => (new ConvNet(), randn(3, 4, 13)),
            _ => (new EmbeddingNet(), tensor(new[,] { { 0L, 8, 3 }, { 3, 1, 1 } })),
        };
    }

    private static DeferredNet Adapting()
    {
        var net = new DeferredNet();
        net.StartAdaptation();
        return net;
    }

    // State as after some training, scales kept positive.
    private static void Perturb(Module net)
    {
        using var noGrad = no_grad();
        foreach (var (_, parameter) in net.named_parameters())
        {
            parameter.add_(rand_like(parameter) * 0.1);
        }
    }
}
