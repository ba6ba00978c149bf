using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Containers;

/// <summary>Layers in fields, containers and blocks without a mark are replaced before the constructor ends, under TorchSharp's own names.</summary>
public sealed class ContainerTests
{
    [Fact]
    public void Names_are_the_plain_models_and_the_methods_state()
    {
        var (net, plain) = Pair();
        var names = net.state_dict().Keys.Where(name => !name.Contains(".reparam.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(plain.state_dict().Keys.Order(StringComparer.Ordinal), names);
        var layers = plain.state_dict().Where(e => e.Value.dim() == 2).Select(e => e.Key[..^7]).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            layers.SelectMany(layer => new[] { $"{layer}.reparam.compand.a", $"{layer}.reparam.compand.b" }).Order(StringComparer.Ordinal),
            net.state_dict().Keys.Where(name => name.Contains(".reparam.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_function_is_the_plain_models_before_and_after_folding_and_export()
    {
        var (net, plain) = Pair();
        var x = randn(3, 6);
        net.eval();
        plain.eval();
        Assert.InRange(Distance(net.call(x), plain.call(x)), 0, 1e-5);
        net.Fold();
        Assert.InRange(Distance(net.call(x), plain.call(x)), 0, 1e-5);
        net.Unfold();
        var file = Path.GetTempFileName();
        net.ExportDense(file);
        plain.LoadSafetensors(file);
        Assert.InRange(Distance(net.call(x), plain.call(x)), 0, 1e-5);
        File.Delete(file);
    }

    [Fact]
    public void An_optimizer_that_is_made_afterwards_moves_what_the_forward_runs()
    {
        var (net, _) = Pair();
        var before = Snapshot(net);
        var losses = Train(net, randn(8, 6), randn(8, 6), 4);
        Assert.True(losses[^1] < losses[0]);
        Assert.All(net.state_dict().Where(e => e.Key.EndsWith("weight", StringComparison.Ordinal)), e => Assert.False(Same(e.Value, before[e.Key]), e.Key));
        Assert.Equal(net.parameters().Count(), net.ReparamParameterGroups(0.1, 1e-3).Sum(group => group.Parameters.Count));
    }

    [Fact]
    public void A_layer_in_two_places_is_replaced_once()
    {
        var (net, _) = Pair();
        var names = net.state_dict();
        Assert.Equal(names["field.weight"].Handle, names["again.weight"].Handle);
        var shared = new SharedNet();
        Assert.Single(shared.ReparamLayers());
        Assert.Same(shared.First, shared.Second);
        Assert.Equal(4, shared.parameters().Count());
    }

    [Fact]
    public void Attributes_on_fields_reach_what_the_field_holds_and_nothing_else()
    {
        var net = new FieldNet();
        Assert.Equal(
            "first LoRALinear; later.0 CompandLinear; later.1 CompandLinear; stack.0 SigmaReparamLinear; stack.2 SigmaReparamConv1d",
            string.Join("; ", net.ReparamLayers().Select(l => $"{l.Path} {l.Layer.GetType().Name}").Order(StringComparer.Ordinal)));
        Assert.True(Train(net, randn(8, 6), randn(8, 6), 3).All(double.IsFinite));
    }

    [Fact]
    public void Targets_take_paths_and_a_marked_child_has_its_own()
    {
        var net = new TargetsNet();
        Assert.Equal(
            "list.0 CompandLinear; list.1 CompandSigmaReparamLinear; stack.2 CompandLinear",
            string.Join("; ", net.ReparamLayers().Where(l => !l.Path.StartsWith("child", StringComparison.Ordinal)).Select(l => $"{l.Path} {l.Layer.GetType().Name}")
                .Order(StringComparer.Ordinal)));
        Assert.Equal(5, net.ReparamLayers().Count(l => l.Path.StartsWith("child", StringComparison.Ordinal)));
    }

    // A model and its plain double with the same weights.
    private static (PlacesNet Net, PlainPlacesNet Plain) Pair()
    {
        manual_seed(3);
        var net = new PlacesNet();
        var plain = new PlainPlacesNet();
        var file = Path.GetTempFileName();
        net.ExportDense(file);
        plain.LoadSafetensors(file);
        File.Delete(file);
        return (net, plain);
    }
}
