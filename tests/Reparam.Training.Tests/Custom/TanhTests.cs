using Reparam.Checkpoints;
using Reparam.Training.Tests.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Custom;

[ReparamModule]
public sealed partial class TanhNet : Module<Tensor, Tensor>
{
    public TanhNet()
        : base(nameof(TanhNet))
    {
        Alone = Linear(6, 8);
        Composed = Linear(8, 3);
        RegisterComponents();
    }

    [Tanh]
    public partial Module<Tensor, Tensor> Alone { get; private set; }

    [Tanh(Fill = 0.5), Compand]
    public partial Module<Tensor, Tensor> Composed { get; private set; }

    public override Tensor forward(Tensor x) => Composed.call(Alone.call(x));
}

/// <summary>A method that a user wrote trains, composes, folds and ships like ours.</summary>
public class TanhTests
{
    [Fact]
    public void Attaching_leaves_the_function_as_it_was()
    {
        var net = new TanhNet();
        using var weight = randn(8, 6);
        var layer = Testing.WithWeight(net.Alone, weight);
        Assert.InRange(Testing.Distance(layer.EffectiveWeight(), weight), 0, 1e-6);
    }

    [Fact]
    public void Composed_maps_run_from_the_first_attribute_to_the_last()
    {
        var net = new TanhNet();
        var state = net.state_dict();
        Assert.Equal(
            ["composed.bias", "composed.reparam.compand.a", "composed.reparam.compand.b", "composed.reparam.tanh.scale", "composed.weight"],
            state.Keys.Where(k => k.StartsWith("composed", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var v = state["composed.weight"].to(ScalarType.Float64);
        var expected = state["composed.reparam.compand.a"] * (state["composed.reparam.tanh.scale"] * v.tanh() / state["composed.reparam.compand.b"]).atan();
        Assert.InRange(Testing.Distance(Testing.Layer(net.Composed).DenseWeight(), expected), 0, 1e-12);
    }

    [Fact]
    public void It_trains_keeps_its_bound_folds_and_exports()
    {
        manual_seed(1);
        var net = new TanhNet();
        using var x = randn(64, 6);
        using var target = randn(64, 3);
        var losses = Testing.Train(net, x, target, 200);
        Assert.True(losses[^1] < 0.9 * losses[0], $"loss went from {losses[0]} to {losses[^1]}");
        var scale = net.state_dict()["alone.reparam.tanh.scale"].item<float>();
        Assert.True(Testing.Layer(net.Alone).EffectiveWeight().abs().max().item<float>() <= scale);

        net.eval();
        using var before = net.call(x);
        net.Fold();
        using var folded = net.call(x);
        Assert.InRange(Testing.Distance(folded, before), 0, 1e-5);

        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "dense.safetensors");
        net.ExportDense(path);
        using var exported = Checkpoint.Open(path);
        Assert.Equal(["alone.bias", "alone.weight", "composed.bias", "composed.weight"], exported.Names.Order(StringComparer.Ordinal));
    }
}
