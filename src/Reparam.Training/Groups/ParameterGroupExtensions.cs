using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Sorts a model's parameters into the groups that its methods ask for.</summary>
public static class ParameterGroupExtensions
{
    private const string FrozenName = "frozen";

    /// <summary>
    /// The model's parameters by what an optimizer must do with them: weights decay; biases, one-dimensional parameters and the state of weight maps do not;
    /// methods multiply the learning rate of their state (LoRA+, companders); what takes no gradient is listed as frozen.
    /// </summary>
    /// <param name="module">A model. Take the groups again after <c>StartAdaptation()</c>, <c>Fold()</c> or <c>Unfold()</c>.</param>
    /// <param name="weightDecay">Weight decay of the weights.</param>
    /// <param name="learningRate">Learning rate of the weights; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not positive or the decay negative.</exception>
    public static IReadOnlyList<ReparamParameterGroup> ReparamParameterGroups(this Module module, double weightDecay, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        module.PrepareReparam();
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        return [.. ReparamModuleExtensions.Walk(module, "")
            .SelectMany(
                part => part.Module.named_parameters(false).Select(
                    p => Classify(part.Module, ReparamModuleExtensions.Join(part.Path, p.name), p.name, p.parameter)))
            .Where(entry => seen.Add(entry.Parameter))
            .GroupBy(entry => (entry.Frozen, entry.Decays, entry.Multiplier))
            .OrderBy(group => group.Key.Frozen).ThenByDescending(group => group.Key.Decays).ThenBy(group => group.Key.Multiplier)
            .Select(group => new ReparamParameterGroup(
                NameOf(group.Key.Frozen, group.Key.Decays, group.Key.Multiplier),
                [.. group.Select(e => e.Parameter)],
                [.. group.Select(e => e.Name)],
                group.Key.Decays ? weightDecay : 0,
                group.Key.Frozen ? 0 : learningRate * group.Key.Multiplier))];
    }

    /// <summary>The trained groups as <c>torch.optim.AdamW</c> takes them.</summary>
    /// <param name="groups">Groups of <see cref="ReparamParameterGroups"/>.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="eps">Added to the denominator.</param>
    public static IEnumerable<AdamW.ParamGroup> ForAdamW(
        this IEnumerable<ReparamParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8) =>
        [.. groups.Where(g => !g.IsFrozen)
            .Select(g => new AdamW.ParamGroup(g.Parameters, lr: g.LearningRate, beta1: beta1, beta2: beta2, eps: eps, weight_decay: g.WeightDecay))];

    /// <summary>The trained groups as <c>torch.optim.SGD</c> takes them.</summary>
    /// <param name="groups">Groups of <see cref="ReparamParameterGroups"/>.</param>
    /// <param name="momentum">Momentum.</param>
    public static IEnumerable<SGD.ParamGroup> ForSgd(this IEnumerable<ReparamParameterGroup> groups, double momentum = 0) =>
        [.. groups.Where(g => !g.IsFrozen).Select(g => new SGD.ParamGroup(g.Parameters, lr: g.LearningRate, momentum: momentum, weight_decay: g.WeightDecay))];

    private static Entry Classify(Module owner, string path, string name, Parameter parameter)
    {
        if (!parameter.requires_grad)
        {
            return new Entry(path, parameter, Frozen: true, Decays: false, Multiplier: 0);
        }

        // A map's scales and gains set the size of the whole weight: decay would fight the map. A side path's factors are weights like others.
        var layer = owner as ReparamLayer;
        var isMapState = layer is not null && name.StartsWith("reparam.", StringComparison.Ordinal) && !layer.PathStates.Contains(name);
        var multiplier = layer?.LearningRateOf(name) ?? 1;
        return multiplier == 0
            ? new Entry(path, parameter, Frozen: true, Decays: false, Multiplier: 0)
            : new Entry(path, parameter, Frozen: false, Decays: parameter.dim() >= 2 && !isMapState, multiplier);
    }

    private static string NameOf(bool frozen, bool decays, double multiplier) => frozen
        ? FrozenName
        : (decays ? "decay" : "no decay") + (multiplier == 1 ? "" : " x" + multiplier.ToString("R", CultureInfo.InvariantCulture));

    private readonly record struct Entry(string Name, Parameter Parameter, bool Frozen, bool Decays, double Multiplier);
}
