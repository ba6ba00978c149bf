using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Compression.Plans;

/// <summary>Why weights of a model stay dense, as its manifests tell: what a build says beside what it coded.</summary>
public sealed class DenseWeights
{
    // Beyond this depth no model goes; manifests of another hand can.
    private const int MaxDepth = 200;
    private const int Named = 6;

    private readonly BuildPlan plan;
    private readonly NameTree tree;
    private readonly Dictionary<string, string> reasons = new(StringComparer.Ordinal);
    private readonly HashSet<(string Prefix, string Module)> visited = [];

    private DenseWeights(ICheckpoint checkpoint, BuildPlan plan)
    {
        this.plan = plan;
        tree = new NameTree(checkpoint.Names);
    }

    /// <summary>The reason of each weight of two or more dimensions that the plan does not code.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="plan">The manifests and the root.</param>
    /// <param name="settled">Names of tensors that are coded or left out.</param>
    /// <returns>Reasons by name, in the order of the checkpoint.</returns>
    public static ImmutableArray<(string Tensor, string Why)> Of(ICheckpoint checkpoint, BuildPlan plan, IReadOnlySet<string> settled)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(settled);
        var dense = new DenseWeights(checkpoint, plan);
        dense.Visit("", plan.Model, 0);
        return
        [
            .. checkpoint.Names.Where(name => !settled.Contains(name) && CopiedTensor.ReasonOf(checkpoint.Info(name)) is null
                && DerivedTensors.ReasonToIgnore(checkpoint.Info(name)) is null)
                .Select(name => (name, dense.reasons.GetValueOrDefault(name) ?? "the source shows no layer here")),
        ];
    }

    /// <summary>What is coded and what is not, in a line: <c>12 of 14 weights coded; dense: head.weight (no attribute), …</c>.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="coded">Number of coded weights.</param>
    /// <param name="dense">The others.</param>
    public static string Summary(string model, int coded, ImmutableArray<(string Tensor, string Why)> dense)
    {
        if (dense.IsDefaultOrEmpty)
        {
            return $"{model}: every weight of two or more dimensions is coded";
        }

        var groups = dense.GroupBy(weight => weight.Why).OrderByDescending(same => same.Count())
            .Select(same => $"{string.Join(", ", same.Take(Named).Select(weight => weight.Tensor))}"
                + $"{(same.Count() > Named ? $" and {same.Count() - Named} more" : "")} ({same.Key})");
        return $"{model}: {coded} of {coded + dense.Length} weights coded; dense: {string.Join("; ", groups)}";
    }

    private void Visit(string prefix, string module, int depth)
    {
        if (depth > MaxDepth || !visited.Add((prefix, module)) || !plan.Manifests.TryGetValue(module, out var manifest))
        {
            return;
        }

        foreach (var layer in manifest.Layers)
        {
            Add(prefix, layer.Path, ".weight", layer.Method is null ? Words(layer.Why) : $"its shape is not that of a layer of kind {layer.Kind}");
        }

        foreach (var other in manifest.Others)
        {
            foreach (var name in tree.Expand(prefix, other.Path).SelectMany(path => tree.NamesBelow(path + ".")))
            {
                reasons.TryAdd(name, $"{other.Type}, which no method codes");
            }
        }

        foreach (var tensor in manifest.Tensors.IsDefault ? [] : manifest.Tensors)
        {
            Add(prefix, tensor.Path, "", tensor.Buffer ? "a buffer" : tensor.Path.Contains('.', StringComparison.Ordinal) ? "no weight of a layer that "
                + "a method codes" : "a parameter of the class itself");
        }

        foreach (var child in manifest.Children)
        {
            foreach (var path in tree.Expand(prefix, child.Path).Where(path => tree.HasBelow(path + ".")))
            {
                Visit(path + ".", child.Module, depth + 1);
            }
        }
    }

    private void Add(string prefix, string path, string suffix, string why)
    {
        foreach (var found in tree.Expand(prefix, path))
        {
            reasons.TryAdd(found + suffix, why);
        }
    }

    private static string Words(string? why) => why switch
    {
        "ignored" => "Ignore",
        "targets" => "no Targets take it",
        "kind" => "its method codes no layers of this kind",
        _ => "no attribute",
    };
}
