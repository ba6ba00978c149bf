using System.Collections.Immutable;
using Reparam.Build.Text;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Plans;

/// <summary>
/// Compares every tensor of a checkpoint with what the manifests say of the model, so that what the app would refuse to load is told in the build. Where the
/// manifests do not tell what lies at a place, nothing is said of it; docs/formats/manifest.md.
/// </summary>
internal sealed class StateCheck
{
    private const int MaxMissing = 200;
    private const int MaxHints = 20;
    private const int MaxDepth = 200;

    private readonly ICheckpoint checkpoint;
    private readonly BuildPlan plan;
    private readonly HashSet<string> names;
    private readonly NameTree tree;
    private readonly IReadOnlySet<string> coded;
    private readonly Dictionary<string, (ManifestTensor Tensor, string Module)> known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> isOpenClass = new(StringComparer.Ordinal);
    private readonly HashSet<string> open = new(StringComparer.Ordinal);
    private readonly HashSet<(string Prefix, string Module)> visited = [];
    private readonly List<string> enclosing = [];
    private readonly HashSet<string> withRequired;
    private readonly Dictionary<string, string> required = new(StringComparer.Ordinal);
    private readonly List<(string First, string Second, bool IsSure, string Module)> tied = [];
    private readonly HashSet<string> layers = new(StringComparer.Ordinal);

    private StateCheck(ICheckpoint checkpoint, BuildPlan plan, HashSet<string> names, NameTree tree, IReadOnlySet<string> coded)
    {
        this.checkpoint = checkpoint;
        this.plan = plan;
        this.names = names;
        this.tree = tree;
        this.coded = coded;
        withRequired = ManifestClosure.Of(
            plan.Manifests, manifest => TensorsOf(manifest).Any(tensor => tensor.Required), child => child.Required, holdsUnknown: false);
    }

    /// <summary>All that is wrong: missing tensors, tensors of another shape or type, tied ones that differ, tensors that the model lacks.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="plan">The manifests and the root.</param>
    /// <param name="names">Names of the tensors that are not left out.</param>
    /// <param name="tree">The same names.</param>
    /// <param name="told">
    /// Tensors of which nothing is said: missing ones that have been reported, and those that a step of the plan added or dropped with the app's knowledge.
    /// </param>
    /// <param name="coded">Names of the weights that are coded.</param>
    public static IEnumerable<CompressionProblem> Problems(
        ICheckpoint checkpoint, BuildPlan plan, HashSet<string> names, NameTree tree, IReadOnlySet<string> told, IReadOnlySet<string> coded)
    {
        var check = new StateCheck(checkpoint, plan, names, tree, coded);
        check.Visit("", plan.Model, isSure: true);
        var unexpected = names.Where(name => !told.Contains(name) && check.IsUnexpected(name)).Order(StringComparer.Ordinal).ToArray();
        var missing = check.Missing().Where(name => !told.Contains(name)).ToArray();
        return [.. check.MissingProblems(missing, unexpected), .. check.ShapeProblems(), .. check.TiedProblems(), .. check
            .UnexpectedProblems(unexpected, missing)];
    }

    private void Visit(string prefix, string module, bool isSure)
    {
        if (!visited.Add((prefix, module)) || enclosing.Count == MaxDepth)
        {
            return;
        }

        if (!plan.Manifests.TryGetValue(module, out var manifest))
        {
            open.Add(prefix.TrimEnd('.'));
            return;
        }

        enclosing.Add(module);
        isOpenClass[prefix] = isOpenClass.GetValueOrDefault(prefix) || manifest.Tensors.IsDefault || manifest.Open.Contains("");
        open.UnionWith(manifest.Open.Where(path => path.Length > 0).SelectMany(path => tree.Expand(prefix, path)));
        layers.UnionWith(manifest.Layers.Where(layer => layer.Kind != "embedding").SelectMany(layer => tree.Expand(prefix, layer.Path)));
        foreach (var tensor in TensorsOf(manifest))
        {
            foreach (var name in tree.Expand(prefix, tensor.Path))
            {
                known.TryAdd(name, (tensor, module));
                if (isSure && tensor.Required)
                {
                    required.TryAdd(name, $"{(tensor.Buffer ? "a buffer" : "a parameter")} of {module}");
                }
            }
        }

        tied.AddRange(TiedWeights.Expand(tree, prefix, manifest).Select(pair => (pair.First, pair.Second, pair.IsSure, module)));
        foreach (var member in manifest.Children.GroupBy(child => child.Path))
        {
            VisitMember(prefix, member.Key, [.. member], isSure);
        }

        enclosing.RemoveAt(enclosing.Count - 1);
    }

    // A child is entered where the checkpoint has something of it, or where all of it is missing for sure.
    private void VisitMember(string prefix, string path, ManifestChild[] classes, bool isSure)
    {
        foreach (var member in tree.Expand(prefix, path))
        {
            foreach (var child in classes)
            {
                var isThere = isSure && child.Required && classes.Length == 1;
                if (tree.HasBelow(member + ".")
                    || (isThere && required.Count < names.Count + MaxMissing && !enclosing.Contains(child.Module) && withRequired.Contains(child.Module)))
                {
                    Visit(member + ".", child.Module, isThere);
                }
            }
        }
    }

    private static ImmutableArray<ManifestTensor> TensorsOf(ModuleManifest manifest) => manifest.Tensors.IsDefault ? [] : manifest.Tensors;

    private bool IsUnexpected(string name) => !known.ContainsKey(name) && !IsOpen(name) && DerivedTensors.ReasonToIgnore(checkpoint.Info(name)) is null;

    // The class that a name belongs to is the one with the longest path.
    private bool IsOpen(string name)
    {
        if (open.Contains(name))
        {
            return true;
        }

        var hasOwner = false;
        for (var dot = name.LastIndexOf('.'); ; dot = dot == 0 ? -1 : name.LastIndexOf('.', dot - 1))
        {
            var prefix = name[..(dot + 1)];
            if (!hasOwner && isOpenClass.TryGetValue(prefix, out var isOpen))
            {
                hasOwner = true;
                if (isOpen)
                {
                    return true;
                }
            }

            if (dot < 0)
            {
                return open.Contains("");
            }

            if (open.Contains(prefix[..^1]))
            {
                return true;
            }
        }
    }

    private IEnumerable<string> Missing()
    {
        var partners = tied.SelectMany(pair => (IEnumerable<(string From, string To)>)[(pair.First, pair.Second), (pair.Second, pair.First)])
            .ToLookup(pair => pair.From, pair => pair.To, StringComparer.Ordinal);
        return required.Keys.Where(name => !names.Contains(name) && !partners[name].Any(names.Contains) && !IsOpen(name) && !DerivedTensors.MayBeMissing(name))
            .Take(MaxMissing);
    }

    private IEnumerable<CompressionProblem> MissingProblems(string[] missing, string[] unexpected) =>
        missing.Select((name, i) => CompressionDiagnostics.MissingLayer.With(name, required[name], i < MaxHints ? Hint(name, unexpected) : ""));

    private IEnumerable<CompressionProblem> UnexpectedProblems(string[] unexpected, string[] missing) =>
        unexpected.Select((name, i) => CompressionDiagnostics.UnexpectedTensor.With(
        name, checkpoint.Info(name).Describe(), plan.Model,
        (i < MaxHints ? Hint(name, missing) : "") + (i == 0 ? ": the app would refuse the file. " + Advice(unexpected) : "")));

    // Without the state of training, the weights alone are another model.
    private static string Advice(string[] unexpected) => unexpected.Any(name => name.Contains("reparam.", StringComparison.Ordinal))
        ? "Names with 'reparam.' are the state of training: give the build a file that ExportDense wrote"
        : "Leave it out with Skip in the item, or convert the checkpoint";

    private static string Hint(string name, string[] others) => NearestName.Of(name, others) is { } nearest ? $"; nearest name: '{nearest}'" : "";

    private IEnumerable<CompressionProblem> ShapeProblems()
    {
        foreach (var (name, (tensor, module)) in known.Where(pair => names.Contains(pair.Key) && !IsOpen(pair.Key)))
        {
            var info = checkpoint.Info(name);
            if (!tensor.Takes(info.Shape))
            {
                yield return CompressionDiagnostics.WrongShape.With(name, info.Describe(), $"{module} has {tensor.DescribeShape()}");
            }
            else if (!ElementConversion.CanConvertToSingle(info.DType))
            {
                yield return CompressionDiagnostics.WrongShape.With(name, info.Describe(), "the app reads numbers of 8 bits or more that convert to floats");
            }
            else if (LengthBeside(name) is { } rows && info.Shape.Length == 1 && info.Shape[0] != rows.Length)
            {
                yield return CompressionDiagnostics.WrongShape.With(
                    name, info.Describe(), $"it goes with '{rows.Name}' {checkpoint.Info(rows.Name).Describe()}, so its length is {rows.Length}");
            }
        }
    }

    // A bias is as long as its weight has rows; the statistics of a normalization are as long as its weight.
    private (string Name, long Length)? LengthBeside(string name)
    {
        var dot = name.LastIndexOf('.');
        var weight = name[..(dot + 1)] + "weight";
        if (dot < 0 || name[(dot + 1)..] is not ("bias" or "running_mean" or "running_var") || !names.Contains(weight)
            || !known.TryGetValue(weight, out var declared))
        {
            return null;
        }

        // A class may have parameters of these names itself, which it may use as it likes.
        var shape = checkpoint.Info(weight).Shape;
        var isPlainLayer = layers.Contains(name[..dot]) ? shape.Length > 1 : shape.Length == 1 && declared.Tensor.Path.Contains('.', StringComparison.Ordinal);
        return isPlainLayer ? (weight, shape[0]) : null;
    }

    private IEnumerable<CompressionProblem> TiedProblems()
    {
        foreach (var (first, second, isSure, module) in tied.Where(
            pair => pair.First != pair.Second && names.Contains(pair.First) && names.Contains(pair.Second)))
        {
            // A model that may be made with the tie or without tells by its values which it is.
            if (!isSure && !checkpoint.SameContent(first, second))
            {
                continue;
            }

            if (coded.Contains(first) != coded.Contains(second))
            {
                var plain = coded.Contains(first) ? second : first;
                yield return CompressionDiagnostics.TiedTensors.With(
                    first, second, module, $"only one of them has a post-training method: leave '{plain}' out with Skip in the item");
            }
            else if (!checkpoint.SameContent(first, second))
            {
                yield return CompressionDiagnostics.TiedTensors.With(
                    first, second, module, "hold different values in the checkpoint: leave one of them out with Skip in the item");
            }
        }
    }
}
