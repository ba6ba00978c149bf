using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Plans;

/// <summary>
/// Walks the manifests from the root class and finds the checkpoint's tensor of every layer with a post-training method. An index of a list
/// counts as soon as any tensor has it, so that a block that lacks one layer is told from a block that does not exist.
/// </summary>
public sealed class ManifestExpander
{
    private const string Wildcard = "*";
    private const int MaxHints = 20;

    private readonly ICheckpoint checkpoint;
    private readonly BuildPlan plan;
    private readonly HashSet<string> names;
    private readonly List<string> enclosing = [];
    private readonly Dictionary<string, LayerPlan> layers = new(StringComparer.Ordinal);
    private readonly List<CompressionProblem> problems = [];
    private readonly List<(int Problem, string Tensor, string Layer)> missing = [];

    private ManifestExpander(ICheckpoint checkpoint, BuildPlan plan)
    {
        this.checkpoint = checkpoint;
        this.plan = plan;
        names = new HashSet<string>(checkpoint.Names, StringComparer.Ordinal);
    }

    /// <summary>Expands a plan.</summary>
    /// <returns>The layers, in the order of the manifests.</returns>
    /// <exception cref="CompressionException">Missing layers, wrong shapes, unknown methods, invalid options: all that is wrong.</exception>
    public static ImmutableArray<LayerPlan> Expand(ICheckpoint checkpoint, BuildPlan plan)
    {
        var expander = new ManifestExpander(checkpoint, plan);
        expander.Visit("", plan.Model);
        expander.AddHints();
        return expander.problems.Count == 0
            ? [.. expander.layers.Values]
            : throw new CompressionException(checkpoint.Path, [.. expander.problems]);
    }

    private void Visit(string prefix, string module)
    {
        if (!plan.Manifests.TryGetValue(module, out var manifest))
        {
            problems.Add(CompressionDiagnostics.UnreadablePlan.With($"it has no manifest of '{module}', the class of '{prefix.TrimEnd('.')}'"));
            return;
        }

        enclosing.Add(module);
        foreach (var layer in manifest.Layers.Where(layer => layer.Method is not null))
        {
            foreach (var path in Expand(prefix, layer.Path, module))
            {
                Take(path, layer, module);
            }
        }

        foreach (var member in manifest.Children.GroupBy(child => child.Path))
        {
            VisitMember(prefix, member.Key, [.. member.Select(child => child.Module)], module);
        }

        enclosing.RemoveAt(enclosing.Count - 1);
    }

    private void VisitMember(string prefix, string path, string[] modules, string owner)
    {
        // A class may hold a list of its own kind, but a single member of it would never end.
        var nested = modules.Any(enclosing.Contains);
        if (nested && !path.Split('.').Contains(Wildcard))
        {
            problems.Add(CompressionDiagnostics.UnreadablePlan.With($"'{owner}' contains itself through '{path}'"));
            return;
        }

        foreach (var member in Expand(prefix, path, nested || !modules.Any(module => HasMethod(module, [])) ? null : owner))
        {
            if (modules.Length == 1)
            {
                Visit(member + ".", modules[0]);
                continue;
            }

            // Several classes may be assigned to one member: the one that fits the checkpoint best is there.
            var best = modules.Select(module => Fork(member + ".", module)).MinBy(fork => fork.problems.Count)!;
            problems.AddRange(best.problems);
            foreach (var (tensor, layer) in best.layers)
            {
                layers.TryAdd(tensor, layer);
            }
        }
    }

    private ManifestExpander Fork(string prefix, string module)
    {
        var fork = new ManifestExpander(checkpoint, plan);
        fork.enclosing.AddRange(enclosing);
        fork.Visit(prefix, module);
        fork.AddHints();
        return fork;
    }

    private bool HasMethod(string module, HashSet<string> seen) =>
        seen.Add(module) && plan.Manifests.TryGetValue(module, out var manifest) &&
        (manifest.Layers.Any(layer => layer.Method is not null) || manifest.Children.Any(child => HasMethod(child.Module, seen)));

    // The paths that a path with wildcards stands for. A list without elements is reported to the module that needs it.
    private IEnumerable<string> Expand(string prefix, string path, string? neededBy)
    {
        List<string> found = [prefix];
        foreach (var segment in path.Split('.'))
        {
            found = segment == Wildcard
                ? [.. found.SelectMany(start => Indices(start).Select(index => start + index.ToString(CultureInfo.InvariantCulture) + "."))]
                : [.. found.Select(start => start + segment + ".")];
        }

        if (found.Count == 0 && neededBy is not null)
        {
            problems.Add(CompressionDiagnostics.MissingLayer.With($"{prefix}{path}.…", $"the list {neededBy}.{path}", ""));
        }

        return found.Select(start => start[..^1]);
    }

    private IEnumerable<int> Indices(string prefix) => names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..].Split('.', 2))
        .Where(parts => parts.Length == 2)
        .Select(parts => int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
        .Where(index => index >= 0)
        .Distinct()
        .Order();

    private void Take(string path, ManifestLayer layer, string module)
    {
        var tensor = path + ".weight";
        if (layer.Method != PackedFormat.ShiftAdd)
        {
            problems.Add(CompressionDiagnostics.UnknownMethod.With($"'{path}' ({module})", layer.Method, string.Join(", ", PackedFormat.Methods)));
        }
        else if (ReadOptions(path, layer, module) is not { } planned)
        {
            return;
        }
        else if (!names.Contains(tensor))
        {
            missing.Add((problems.Count, tensor, $"{module}.{layer.Path} ({layer.Method})"));
            problems.Add(CompressionDiagnostics.MissingLayer.With(tensor, missing[^1].Layer, ""));
        }
        else if (ProblemOfShape(tensor, layer.Kind) is { } problem)
        {
            problems.Add(problem);
        }
        else
        {
            layers.TryAdd(tensor, planned);
        }
    }

    private LayerPlan? ReadOptions(string path, ManifestLayer layer, string module)
    {
        try
        {
            return OptionReader.ShiftAdd(path + ".weight", layer.Options, plan);
        }
        catch (ArgumentException exception)
        {
            problems.Add(CompressionDiagnostics.InvalidOption.With($"'{path}' ({module}): {exception.Message}"));
            return null;
        }
    }

    private CompressionProblem? ProblemOfShape(string tensor, string kind)
    {
        var (rank, form) = kind switch
        {
            "linear" => (2, "a linear layer has a weight [out, in]"),
            "conv1d" => (3, "a conv1d layer has a weight [out, in/groups, k]"),
            "conv2d" => (4, "a conv2d layer has a weight [out, in/groups, kh, kw]"),
            "embedding" => (2, "an embedding has a weight [rows, width]"),
            _ => (0, ""),
        };
        var info = checkpoint.Info(tensor);
        return rank == 0 || info.Shape.Length == rank ? null : CompressionDiagnostics.WrongShape.With(tensor, info.Describe(), form);
    }

    // A misspelt weight is the nearest of those that no layer has taken.
    private void AddHints()
    {
        var free = names.Where(name => name.EndsWith(".weight", StringComparison.Ordinal) && !layers.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray();
        foreach (var (problem, tensor, layer) in missing.Take(MaxHints))
        {
            var nearest = free.MinBy(name => EditDistance.Between(name, tensor));
            if (nearest is not null && EditDistance.Between(nearest, tensor) <= tensor.Length / 2)
            {
                problems[problem] = CompressionDiagnostics.MissingLayer.With(tensor, layer, $"; nearest name: '{nearest}'");
            }
        }
    }
}
