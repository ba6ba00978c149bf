using Reparam.Conformance.Tests.Methods;
using Reparam.Conformance.Tests.Models;
using Reparam.Training;
using TorchSharp;
using TorchSharp.Modules;
using static Reparam.Conformance.Tests.Models.ModelRun;
using static TorchSharp.torch;

namespace Reparam.Conformance.Tests.Training;

/// <summary>Attach, train, adapt, fold and unfold: what every method that trains promises, alone and beside each legal neighbour.</summary>
public class LifeCycleTests
{
    public static TheoryData<string> Models => All;

    public static TheoryData<string> DeferredModels => Deferred;

    public static TheoryData<string> ExactModels => Exact;

    [Fact]
    public void Every_method_has_its_line()
    {
        var missing = FoundMethods.All.Where(FoundMethods.IsOfLayers).Select(FoundMethods.NameOf).Except(MethodCases.All.Select(line => line.Name));
        Assert.True(!missing.Any(), $"Methods/MethodCases.cs has no line for: {string.Join(", ", missing)}. Add one, such as new(\"LoRA\", \"2\").");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Attaching_keeps_the_function(string id)
    {
        var model = Case(id);
        var (net, x) = Make(model);
        manual_seed(1);
        var plain = model.Layer.Plain();
        net.eval();
        var layer = Layer(net);
        if (layer.InputStates.Count == 0)
        {
            AssertNear(net.call(x), plain.call(x), 2e-5);
        }

        // And again, from what it computes now.
        Perturb(net);
        using var before = layer.DenseWeight().to(ScalarType.Float32);
        layer.AttachTo(before);
        AssertNear(layer.DenseWeight(), before, 2e-5);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Folding_keeps_the_output_and_unfolding_restores_everything(string id)
    {
        var (net, x) = Make(Case(id));
        Train(net, x);
        Perturb(net);
        net.eval();
        var state = Snapshot(net);
        var trained = net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).ToArray();
        using var before = net.call(x);
        net.Fold();
        net.Fold();
        AssertNear(net.call(x), before, 2e-5);
        AssertSame(state, net.state_dict());
        Assert.False(Layer(net).Weight.requires_grad);

        net.Unfold();
        net.Unfold();
        Assert.True(Same(before, net.call(x)));
        Assert.Equal(trained, net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Training_moves_what_trains_and_nothing_else(string id)
    {
        var (net, x) = Make(Case(id));
        var state = Snapshot(net);
        var frozen = net.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name).ToArray();
        var trained = net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).ToArray();
        Assert.NotEmpty(trained);
        var losses = Train(net, x, 12);
        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        Assert.True(losses[^1] < losses[0], $"loss went from {losses[0]} to {losses[^1]}");
        var after = net.state_dict();
        Assert.All(frozen, name => Assert.True(Same(state[name], after[name]), name));
        Assert.Contains(trained, name => !Same(state[name], after[name]));
        Assert.All(after, entry => Assert.True(entry.Value.isfinite().all().item<bool>(), entry.Key));
    }

    [Theory]
    [MemberData(nameof(DeferredModels))]
    public void Starting_adaptation_keeps_the_function_and_freezes_all_but_the_path(string id)
    {
        var (net, x) = Make(Case(id));
        Assert.Empty(Layer(net).PathStates);
        Assert.True(Layer(net).Weight.requires_grad);
        Train(net, x);
        using var before = net.call(x);
        net.StartAdaptation();
        AssertNear(net.call(x), before, 2e-5);
        Assert.NotEmpty(Layer(net).PathStates);
        Assert.All(net.named_parameters(), p => Assert.Equal(Layer(net).PathStates.Contains(p.name["layer.".Length..]), p.parameter.requires_grad));
        Train(net, x);
        Assert.Throws<InvalidOperationException>(() =>
        {
            var folded = Make(Case(id)).Net;
            folded.Fold();
            folded.StartAdaptation();
        });
    }

    [Theory]
    [MemberData(nameof(ExactModels))]
    public void Gradients_are_those_of_finite_differences(string id)
    {
        var (net, x) = Make(Case(id));
        Perturb(net);
        net.to(ScalarType.Float64);
        var input = As(x, ScalarType.Float64);

        // Estimates that training forwards improve come to rest: there a gradient may take them as constants.
        net.train();
        for (var i = 0; i < 300; i++)
        {
            using var scope = NewDisposeScope();
            net.call(input);
        }

        net.eval();
        var target = Target(net, input);
        Tensor Loss() => net.AddReparamLoss((net.call(input) * target).sum());
        Loss().backward();
        var random = new Random(3);
        foreach (var (name, parameter) in net.named_parameters().Where(p => p.parameter.requires_grad))
        {
            using var noGrad = no_grad();
            var gradient = parameter.grad;
            Assert.True(gradient is not null, $"{name} has no gradient");
            var (values, slopes) = (parameter.view(-1), gradient!.reshape(-1));
            for (var i = 0; i < Math.Min(4, values.numel()); i++)
            {
                using var scope = NewDisposeScope();
                var at = random.NextInt64(values.numel());
                var value = values[at].item<double>();
                var step = 1e-5 * Math.Max(1, Math.Abs(value));
                double At(double moved)
                {
                    values[at] = moved;
                    return Loss().item<double>();
                }

                var expected = (At(value + step) - At(value - step)) / (2 * step);
                values[at] = value;
                var found = slopes[at].item<double>();
                Assert.True(Math.Abs(found - expected) <= 1e-6 * Math.Max(1, Math.Abs(expected)), $"{name}[{at}]: gradient {found}, by differences {expected}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_model_moves_to_other_types(string id)
    {
        var (net, x) = Make(Case(id));
        Train(net, x);
        using var before = net.call(x);
        net.Fold();
        net.to(ScalarType.Float64);
        AssertNear(net.call(As(x, ScalarType.Float64)), before, 1e-4);
        net.Unfold();
        using var wide = net.call(As(x, ScalarType.Float64));
        AssertNear(wide, before, 1e-4);
        net.Fold();
        AssertNear(net.call(As(x, ScalarType.Float64)), wide, 1e-9);
        net.Unfold();
        Assert.All(net.state_dict().Where(entry => entry.Value.is_floating_point()), entry => Assert.Equal(ScalarType.Float64, entry.Value.dtype));
        net.to(ScalarType.BFloat16);
        net.Fold();
        using var narrow = net.call(As(x, ScalarType.BFloat16));
        Assert.True(narrow.isfinite().all().item<bool>());
        Assert.Equal(ScalarType.BFloat16, narrow.dtype);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void What_a_layer_cannot_take_is_refused_by_its_name(string id)
    {
        var model = Case(id);
        var layer = Layer(Make(model).Net);
        var bad = ones(layer.Weight.shape);
        bad.view(-1)[1] = float.NaN;
        var refused = Assert.Throws<ArgumentException>(() => layer.AttachTo(bad)).Message;
        Assert.Contains($"{model.ClassName}.Layer", refused, StringComparison.Ordinal);
        Assert.All(model.Wrapping, method => Assert.Contains(method.Name, refused, StringComparison.Ordinal));
        Assert.Contains("expected [", Assert.Throws<ArgumentException>(() => layer.AttachTo(ones(3, 2))).Message, StringComparison.Ordinal);
        using (no_grad())
        {
            layer.Weight.view(-1)[0] = float.NaN;
        }

        Assert.Throws<ArgumentException>(layer.Fold);
    }
}
