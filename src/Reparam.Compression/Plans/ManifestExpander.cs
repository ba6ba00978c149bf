using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Reparam.Build.Text;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Plans;

/// <summary>
/// Walks the manifests from the root class and finds the checkpoint's tensor of every layer with a post-training method. An index of a list
/// counts as soon as any tensor has it, so that a block that lacks one layer is told from a block that does not exist. Classes without such layers
/// are not entered, and the walk ends with an error once it has visited more members than the checkpoint can fill. A layer, child or list that the checkpoint
/// lacks and a model may be made without is no error: it is told in a note.
/// </summary>
public sealed class ManifestExpander
{
    private const int MaxHints = 20;

    // Beyond this depth no model goes; a name can, and a walk must not follow it until the stack ends.
    private const int MaxDepth = 200;

    private readonly ICheckpoint checkpoint;
    private readonly BuildPlan plan;
    private readonly HashSet<string> names;
    private readonly NameTree tree;
    private readonly HashSet<string> withMethod;
    private readonly Budget budget;
    private readonly OptionOverrides overrides;
    private readonly Dictionary<string, string> partners = new(StringComparer.Ordinal);
    private readonly List<string> enclosing = [];
    private readonly Dictionary<string, LayerPlan> layers = new(StringComparer.Ordinal);
    private readonly List<CompressionProblem> problems = [];
    private readonly List<(int Problem, string Tensor, string Layer)> missing = [];
    private readonly List<(string Path, string Owner)> absentLists = [];
    private readonly List<string> absent = [];

    private ManifestExpander(ICheckpoint checkpoint, BuildPlan plan)
    {
        this.checkpoint = checkpoint;
        this.plan = plan;
        names = new HashSet<string>(checkpoint.Names, StringComparer.Ordinal);
        names.ExceptWith(LeftOutTensors.Of(checkpoint, plan));
        tree = new NameTree(names);
        withMethod = ManifestClosure.Of(plan.Manifests, HasMethod, child => true, holdsUnknown: true);
        budget = new Budget { Left = 10_000 + (4L * names.Count) };
        overrides = plan.Overrides();
    }

    private ManifestExpander(ManifestExpander parent)
    {
        (checkpoint, plan, names, tree, withMethod) = (parent.checkpoint, parent.plan, parent.names, parent.tree, parent.withMethod);
        (budget, overrides, partners) = (parent.budget, parent.overrides, parent.partners);
        enclosing.AddRange(parent.enclosing);
    }

    /// <summary>Expands a plan.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="plan">The manifests and the root.</param>
    /// <param name="notes">Takes a sentence for each part with a method that the checkpoint lacks and a model may be made without.</param>
    /// <param name="warnings">Takes a warning for each option of the plan that has no effect.</param>
    /// <param name="settled">Names that are no mistake where they are there or lacking, because a step of the plan saw to it; null for none.</param>
    /// <param name="tied">Names that are one tensor: a layer of one of them has the weight of the other; null for none.</param>
    /// <returns>The layers, in the order of the manifests.</returns>
    /// <exception cref="CompressionException">
    /// Missing layers, wrong shapes, unknown methods, invalid options, and what the app would refuse to load: all that is wrong.
    /// </exception>
    public static ImmutableArray<LayerPlan> Expand(
        ICheckpoint checkpoint, BuildPlan plan, ICollection<string>? notes = null, ICollection<CompressionProblem>? warnings = null,
        IReadOnlySet<string>? settled = null, TiedWeights? tied = null)
    {
        var expander = new ManifestExpander(checkpoint, plan);
        foreach (var (first, second) in tied?.Pairs ?? [])
        {
            expander.partners.TryAdd(first, second);
            expander.partners.TryAdd(second, first);
        }

        expander.problems.AddRange(expander.overrides.Problems());
        expander.Visit("", plan.Model);
        if (expander.budget.Refusal is { } refusal)
        {
            throw new CompressionException(checkpoint.Path, refusal);
        }

        expander.AddHints();
        HashSet<string> told =
        [
            .. expander.missing.Select(layer => layer.Tensor),
            .. settled ?? new HashSet<string>(),
            .. expander.layers.Values.SelectMany(layer => LayerState.NamesOf(layer).Concat(layer.UnreadState)),
        ];
        expander.problems.AddRange(expander.layers.Values.Select(expander.ProblemOfState).OfType<CompressionProblem>());
        expander.problems.AddRange(StateCheck.Problems(
            checkpoint, plan, expander.names, expander.tree, told, expander.layers.Keys.ToHashSet(StringComparer.Ordinal)));
        if (expander.problems.Count > 0)
        {
            // Where something else does not fit, either, an empty list is likely a part of the mistake.
            throw new CompressionException(checkpoint.Path, [.. expander.absentLists.Select(list => MissingList(list.Path, list.Owner)), .. expander.problems]);
        }

        foreach (var part in expander.absentLists.Select(list => $"elements of the list '{list.Path}' ({list.Owner})").Concat(expander.absent))
        {
            notes?.Add($"the checkpoint has no {part}; an app that makes its {plan.Model} with them would refuse the packed file");
        }

        foreach (var layer in expander.layers.Values.Where(layer => layer.UnreadState.Length > 0))
        {
            notes?.Add($"'{layer.Tensor}': inputs are not mapped as in training, because the options of {layer.Method} say so; left out: "
                + $"{string.Join(", ", layer.UnreadState)}");
        }

        foreach (var warning in expander.overrides.Warnings())
        {
            warnings?.Add(warning);
        }

        return [.. expander.layers.Values];
    }

    private void Visit(string prefix, string module)
    {
        if (!plan.Manifests.TryGetValue(module, out var manifest))
        {
            problems.Add(CompressionDiagnostics.UnreadablePlan.With($"it has no manifest of '{module}', the class of '{prefix.TrimEnd('.')}'"));
            return;
        }

        if (enclosing.Count == MaxDepth || --budget.Left < 0)
        {
            budget.Refusal ??= CompressionDiagnostics.UnreadablePlan.With(
                "the model is too large: "
                    + (enclosing.Count == MaxDepth
                        ? $"its modules are nested deeper than {MaxDepth}"
                        : $"it has more layers than the {names.Count} tensors of the checkpoint can fill"));
            return;
        }

        enclosing.Add(module);
        VisitLayers(prefix, manifest, module);
        foreach (var member in manifest.Children.GroupBy(child => child.Path))
        {
            VisitMember(
                prefix, member.Key, [.. member.Select(child => child.Module)], module, manifest.Tensors.IsDefault || member.All(child => child.Required));
        }

        VisitBelow(prefix, manifest, module);
        enclosing.RemoveAt(enclosing.Count - 1);
    }

    private static bool HasMethod(ModuleManifest manifest) =>
        manifest.Layers.Any(layer => layer.Method is not null) || manifest.Below.Any(below => below.Method is not null);

    // A path that is written out is no part of a pattern beside it.
    private void VisitLayers(string prefix, ModuleManifest manifest, string module)
    {
        var exact = manifest.Layers.Where(layer => !NameTree.IsPattern(layer.Path)).Select(layer => prefix + layer.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var place in manifest.Layers.GroupBy(layer => layer.Path).Where(place => place.Any(layer => layer.Method is not null)))
        {
            // A model that is a layer by its own code has no path.
            if (place.Key.Length == 0 && prefix.Length == 0)
            {
                continue;
            }

            ManifestLayer[] kinds = [.. place];
            var isPattern = NameTree.IsPattern(place.Key);
            string[] paths = [.. Find(prefix, place.Key, module).Where(path => !isPattern || !exact.Contains(path))];

            // Elements of a container may be of several classes: what another one has, this one need not have.
            var isOfSome = isPattern && paths.Any(path => names.Contains(path + ".weight"));
            foreach (var path in paths)
            {
                if (kinds is [{ Some: false } only])
                {
                    Take(path, only, manifest, module, isOfSome);
                }
                else if (OfShape(path, kinds) is { Method: not null } layer)
                {
                    Take(path, layer, manifest, module);
                }
            }
        }
    }

    // Of several kinds at one path, the weight's shape tells which is there. A layer that is not there need not be.
    private ManifestLayer? OfShape(string path, ManifestLayer[] kinds) => names.Contains(path + ".weight")
        ? kinds.FirstOrDefault(layer => WeightShapes.RankOf(layer.Kind) == checkpoint.Info(path + ".weight").Shape.Length)
        : null;

    // Weights that the manifest does not list, where the class's source does not show which there are. The nearest path says what becomes of them.
    private void VisitBelow(string prefix, ModuleManifest manifest, string module)
    {
        if (manifest.Below.Length == 0)
        {
            return;
        }

        var inner = new InnerLayers(plan, tree, prefix, manifest);
        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var below in manifest.Below.OrderByDescending(below => below.Path.Length == 0 ? 0 : below.Path.Split('.').Length))
        {
            var listed = manifest.Layers.Where(layer => layer.Path != below.Path).SelectMany(layer => tree.Expand(prefix, layer.Path))
                .ToHashSet(StringComparer.Ordinal);
            foreach (var name in (below.Path.Length == 0 ? [prefix] : tree.Expand(prefix, below.Path).Select(path => path + ".")).SelectMany(tree.NamesBelow))
            {
                if (!name.EndsWith(".weight", StringComparison.Ordinal) || CopiedTensor.ReasonOf(checkpoint.Info(name)) is not null || inner.IsOfMarked(name))
                {
                    continue;
                }

                var path = name[..^".weight".Length];
                if (!listed.Contains(path) && IsTarget(below.Targets, path[prefix.Length..]) && settled.Add(path)
                    && below.LayerOf(path, inner.KindOf(path), checkpoint.Info(name).Shape.Length) is { Method: not null } layer)
                {
                    Take(path, layer, manifest, module);
                }
            }
        }
    }

    // The compiler refuses what is no expression; a plan of another hand may have it.
    private bool IsTarget(string? targets, string path)
    {
        try
        {
            return targets is null || Regex.IsMatch(path, $"^(?:{targets})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
        {
            budget.Refusal ??= CompressionDiagnostics.UnreadablePlan.With($"the targets '{targets}' are no regular expression: {exception.Message}");
            return false;
        }
    }

    private void VisitMember(string prefix, string path, string[] modules, string owner, bool isSure)
    {
        // A class that has no manifest is entered, to be told.
        if (!modules.Any(withMethod.Contains))
        {
            return;
        }

        // A class may hold a list of its own kind, but a single member of it would never end.
        var nested = modules.Any(enclosing.Contains);
        if (nested && !NameTree.IsPattern(path))
        {
            problems.Add(CompressionDiagnostics.UnreadablePlan.With($"'{owner}' contains itself through '{path}'"));
            return;
        }

        foreach (var member in Find(prefix, path, nested ? null : owner))
        {
            if (!isSure && !tree.HasBelow(member + "."))
            {
                absent.Add($"tensors of '{member}' ({owner}.{path})");
                continue;
            }

            var mayBeOther = !isSure && HasPartsOfItsOwn(prefix, path, member, owner);
            if (modules.Length == 1 && !mayBeOther)
            {
                Visit(member + ".", modules[0]);
                continue;
            }

            // Several classes may be assigned to one member: the one that fits the checkpoint best is there.
            var best = modules.Select(module => Fork(member + ".", module))
                .OrderBy(fork => fork.problems.Count).ThenByDescending(fork => fork.layers.Count).ThenBy(fork => fork.absent.Count).First();
            if (mayBeOther && best.problems.Count > 0)
            {
                continue;
            }

            problems.AddRange(best.problems);
            absentLists.AddRange(best.absentLists);
            absent.AddRange(best.absent);
            foreach (var (tensor, layer) in best.layers)
            {
                layers.TryAdd(tensor, layer);
            }
        }
    }

    // In a choice between a module and a container, the owner lists the container's parts beside the module.
    private bool HasPartsOfItsOwn(string prefix, string path, string member, string owner) =>
        plan.Manifests[owner].Layers.Select(layer => layer.Path).Concat(plan.Manifests[owner].Children.Select(child => child.Path))
            .Where(other => other.StartsWith(path + ".", StringComparison.Ordinal))
            .SelectMany(other => tree.Expand(prefix, other))
            .Any(part => part.StartsWith(member + ".", StringComparison.Ordinal) && tree.HasBelow(part + "."));

    private ManifestExpander Fork(string prefix, string module)
    {
        var fork = new ManifestExpander(this);
        fork.Visit(prefix, module);
        fork.AddHints();
        return fork;
    }

    private static CompressionProblem MissingList(string path, string owner) =>
        CompressionDiagnostics.MissingLayer.With($"{path}.…", $"the weight of the list {owner}", "");

    // A list may be null or empty. A manifest of an older version does not tell whether the rest fits, so there it counts as missing.
    private void ReportEmptyList(string path, string owner, ModuleManifest manifest)
    {
        if (manifest.Tensors.IsDefault)
        {
            problems.Add(MissingList(path, owner));
        }
        else
        {
            absentLists.Add((path, owner));
        }
    }

    // A list without elements is reported to the module that needs it.
    private string[] Find(string prefix, string path, string? neededBy)
    {
        string[] found = [.. tree.Expand(prefix, path)];
        if (found.Length == 0 && neededBy is not null)
        {
            ReportEmptyList(prefix + path, $"{neededBy}.{path}", plan.Manifests[neededBy]);
        }

        return found;
    }

    // Something else of the layer is there, or every object of the class has its weight.
    private bool IsNeeded(string path, ManifestLayer layer, ModuleManifest manifest) =>
        manifest.Tensors.IsDefault || tree.HasBelow(path + ".")
        || manifest.Tensors.Any(tensor => tensor.Required && tensor.Path == $"{layer.Path}.weight".TrimStart('.'));

    private void Take(string path, ManifestLayer layer, ModuleManifest manifest, string module, bool isOfSome = false)
    {
        var tensor = path + ".weight";
        if (!names.Contains(tensor) && partners.TryGetValue(tensor, out var partner) && names.Contains(partner))
        {
            tensor = partner;
        }

        if (PostTrainingMethods.Find(layer.Method!) is not { } method)
        {
            problems.Add(CompressionDiagnostics.UnknownMethod.With($"'{path}' ({module})", layer.Method, string.Join(", ", PostTrainingMethods.All)));
        }
        else if (Enum.TryParse<LayerKinds>(layer.Kind, ignoreCase: true, out var kind) && !method.Layers.HasFlag(kind))
        {
            problems.Add(CompressionDiagnostics.InvalidOption.With(
                $"'{path}' ({module}) is of the kind {layer.Kind}, and {method} codes layers of the kinds {method.Layers}"));
        }
        else if (ReadOptions(path, method, layer, module) is not { } options)
        {
            return;
        }
        else if (!names.Contains(tensor) && !IsNeeded(path, layer, manifest))
        {
            if (!isOfSome)
            {
                absent.Add($"tensors of '{path}' ({module}.{layer.Path})");
            }
        }
        else if (!names.Contains(tensor))
        {
            missing.Add((problems.Count, tensor, $"the weight of {module}.{layer.Path} ({layer.Method})"));
            problems.Add(CompressionDiagnostics.MissingLayer.With(tensor, missing[^1].Layer, ""));
        }
        else if (ProblemOfShape(tensor, layer.Kind) is { } problem)
        {
            problems.Add(problem);
        }
        else
        {
            layers.TryAdd(tensor, WithUnreadState(new LayerPlan(tensor, options, options.Fixed) { IsLookedUp = layer.Kind == "embedding" }, path, layer));
        }
    }

    // The options of the plan may switch off what the annotation has trained with.
    private LayerPlan WithUnreadState(LayerPlan plan, string path, ManifestLayer layer) => plan with
    {
        UnreadState = [.. (layer.InputMap?.State ?? []).Select(state => $"{path}.{state}").Where(names.Contains).Except(LayerState.NamesOf(plan))],
    };

    private MethodOptions? ReadOptions(string path, PostTrainingMethod method, ManifestLayer layer, string module)
    {
        try
        {
            return overrides.Read(method, layer.Options);
        }
        catch (ArgumentException exception)
        {
            problems.Add(CompressionDiagnostics.InvalidOption.With($"'{path}' ({module}): {exception.Message}"));
            return null;
        }
    }

    private CompressionProblem? ProblemOfShape(string tensor, string kind)
    {
        var (rank, form) = WeightShapes.FormOf(kind);
        var info = checkpoint.Info(tensor);
        return rank == 0 || info.Shape.Length == rank ? null : CompressionDiagnostics.WrongShape.With(tensor, info.Describe(), form);
    }

    private CompressionProblem? ProblemOfState(LayerPlan layer) => LayerState.Problem(checkpoint, layer, names);

    // A misspelt weight is the nearest of those that no layer has taken.
    private void AddHints()
    {
        var free = names.Where(name => name.EndsWith(".weight", StringComparison.Ordinal) && !layers.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray();
        foreach (var (problem, tensor, layer) in missing.Take(MaxHints))
        {
            if (NearestName.Of(tensor, free) is { } nearest)
            {
                problems[problem] = CompressionDiagnostics.MissingLayer.With(tensor, layer, $"; nearest name: '{nearest}'");
            }
        }
    }

    /// <summary>How many more modules are visited, by a walk and its forks together, and what ended it.</summary>
    private sealed class Budget
    {
        public long Left { get; set; }

        public CompressionProblem? Refusal { get; set; }
    }
}
