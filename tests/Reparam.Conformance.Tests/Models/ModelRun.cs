using System.Reflection;
using Reparam.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Conformance.Tests.Models;

/// <summary>Makes, trains and compares the suite's models.</summary>
internal static class ModelRun
{
    private static readonly Lazy<Assembly> Models = new(() =>
        new Compiled("Conformance.Models", ModelCases.Single.Concat(ModelCases.LegalPairs).Select(model => model.Source)).Load());

    private static readonly Dictionary<string, ModelCase> Cases =
        ModelCases.Single.Concat(ModelCases.LegalPairs).ToDictionary(model => model.Id, StringComparer.Ordinal);

    /// <summary>All models whose layer is wrapped, as data of a theory.</summary>
    public static TheoryData<string> All => [.. Cases.Values.Where(model => model.Wrapping.Any()).Select(model => model.Id)];

    /// <summary>The models whose side path waits.</summary>
    public static TheoryData<string> Deferred => [.. Cases.Values.Where(model => model.IsDeferred).Select(model => model.Id)];

    /// <summary>The models whose gradient is the derivative of what they compute.</summary>
    public static TheoryData<string> Exact =>
        [.. Cases.Values.Where(model => model.Wrapping.Any() && model.Methods.All(m => m.HasExactGradient)).Select(m => m.Id)];

    /// <summary>The case of a theory's datum.</summary>
    public static ModelCase Case(string id) => Cases[id];

    /// <summary>A new model, attached and calibrated, and an input of its layer.</summary>
    /// <param name="model">The case.</param>
    /// <param name="seed">Seed of weights and input.</param>
    public static (Module Net, Tensor Input) Make(ModelCase model, int seed = 1)
    {
        manual_seed(seed);
        var net = (Module)Activator.CreateInstance(Models.Value.GetType(model.ClassName, throwOnError: true)!)!;
        manual_seed(seed + 1000);
        var x = model.Layer.Input();
        net.PrepareReparam();
        if (net.ReparamLayers().Any(layer => layer.Layer.IsWaiting || layer.Layer.InputStates.Count > 0))
        {
            net.CalibrateReparam(() => net.call(x));
        }

        return (net, x);
    }

    /// <summary>The attributes of a model's layer as the compiler made them of their text.</summary>
    public static IReadOnlyList<ReparamAttribute> Attributes(ModelCase model) =>
        [.. Models.Value.GetType(model.ClassName, throwOnError: true)!.GetProperty("Layer")!.GetCustomAttributes<ReparamAttribute>()];

    /// <summary>The model's twin, filled from a checkpoint.</summary>
    public static Runtime.Module<Runtime.Tensor, Runtime.Tensor> Twin(ModelCase model, string path)
    {
        var type = Models.Value.GetType(model.ClassName + "Runtime", throwOnError: true)!;
        return (Runtime.Module<Runtime.Tensor, Runtime.Tensor>)type.GetMethod("Load", [typeof(string)])!.Invoke(null, [path])!;
    }

    /// <summary>The emitted layer.</summary>
    public static ReparamLayer Layer(Module net) => net.ReparamLayers().Single().Layer;

    /// <summary>A random target of the model's output.</summary>
    public static Tensor Target(Module net, Tensor x)
    {
        using var noGrad = no_grad();
        return randn_like(net.call(x));
    }

    /// <summary>Trains as docs/training.md says; gives the losses.</summary>
    public static double[] Train(Module net, Tensor x, int steps = 4)
    {
        manual_seed(77);
        var target = Target(net, x);
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0.01, 0.02).ForAdamW());
        net.train();
        var losses = new double[steps];
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = net.AddReparamLoss(nn.functional.mse_loss(net.call(x), target));
            loss.backward();
            net.AfterBackward();
            optimizer.step();
            net.AfterOptimizerStep();
            losses[i] = loss.to(ScalarType.Float64).item<double>();
        }

        net.eval();
        return losses;
    }

    /// <summary>Moves every parameter a little, as after some training. Scales stay positive.</summary>
    public static void Perturb(Module net)
    {
        using var noGrad = no_grad();
        foreach (var (_, parameter) in net.named_parameters())
        {
            parameter.add_(rand_like(parameter) * 0.1);
        }
    }

    /// <summary>A copy of a state dict.</summary>
    public static Dictionary<string, Tensor> Snapshot(Module net) => net.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());

    /// <summary>True if every bit is the same.</summary>
    public static bool Same(Tensor a, Tensor b) => a.dtype == b.dtype && a.shape.SequenceEqual(b.shape) && a.detach().eq(b.detach()).all().item<bool>();

    /// <summary>Requires every bit of a state to be the same.</summary>
    public static void AssertSame(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> found)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, entry => Assert.True(Same(entry.Value, found[entry.Key]), entry.Key));
    }

    /// <summary>Requires max |a − b| of at most a part of max |b|.</summary>
    public static void AssertNear(Tensor found, Tensor expected, double part)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, found.shape);
        var largest = expected.detach().abs().max().to(ScalarType.Float64).item<double>();
        var difference = (found.detach().to(ScalarType.Float64) - expected.detach().to(ScalarType.Float64)).abs().max().item<double>();
        Assert.InRange(difference, 0, part * Math.Max(largest, 1e-3));
    }

    /// <summary>The input in the type of the model's numbers.</summary>
    public static Tensor As(Tensor x, ScalarType type) => x.is_floating_point() ? x.to(type) : x;
}
