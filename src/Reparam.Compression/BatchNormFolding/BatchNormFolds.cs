using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression.Plans;

namespace Reparam.Compression.BatchNormFolding;

/// <summary>
/// Finds the batch norms of a checkpoint that can be folded: by the edges of the manifests, the layer's output goes to the batch norm alone, on every run,
/// neither is used elsewhere or known under another name, and the checkpoint has its running statistics. What is in doubt stays as it is.
/// </summary>
public sealed class BatchNormFolds
{
    private const string Wildcard = "*";
    private const int MaxDepth = 200;

    private readonly ICheckpoint checkpoint;
    private readonly BuildPlan plan;
    private readonly NameTree tree;
    private readonly IReadOnlySet<string> leftOut;
    private readonly List<BatchNormFold> folds = [];
    private readonly HashSet<string> doubted = new(StringComparer.Ordinal);
    private readonly HashSet<string> tied = new(StringComparer.Ordinal);
    private readonly HashSet<string> inputStates = new(StringComparer.Ordinal);
    private readonly List<string> enclosing = [];

    // More members than the checkpoint can fill: the plan will be refused.
    private long visits;

    private BatchNormFolds(ICheckpoint checkpoint, BuildPlan plan)
    {
        this.checkpoint = checkpoint;
        this.plan = plan;
        tree = new NameTree(checkpoint.Names);
        leftOut = LeftOutTensors.Of(checkpoint, plan);
        visits = 10_000 + (4L * checkpoint.Names.Count);
    }

    /// <summary>Finds them.</summary>
    /// <param name="checkpoint">A dense checkpoint that the plan's model can load.</param>
    /// <param name="plan">The manifests and the root.</param>
    /// <returns>Each batch norm once, in the order of the manifests.</returns>
    public static ImmutableArray<BatchNormFold> Find(ICheckpoint checkpoint, BuildPlan plan)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        var finder = new BatchNormFolds(checkpoint, plan);
        finder.Visit("", plan.Model, isClear: true);
        return
        [
            .. finder.folds.Distinct()
                .Where(fold => !finder.doubted.Contains(fold.Layer) && !finder.doubted.Contains(fold.BatchNorm))
                .Where(fold => finder.folds.Distinct().Count(other => other.Layer == fold.Layer || other.BatchNorm == fold.BatchNorm) == 1)
                .Where(finder.IsThere),
        ];
    }

    private void Visit(string prefix, string module, bool isClear)
    {
        if (--visits < 0 || enclosing.Count == MaxDepth || enclosing.Contains(module) || !plan.Manifests.TryGetValue(module, out var manifest)
            || manifest.Edges.IsDefault)
        {
            return;
        }

        enclosing.Add(module);
        tied.UnionWith(manifest.Tied.SelectMany(pair => pair.Take(2)).SelectMany(name => tree.Expand(prefix, name)));
        inputStates.UnionWith(manifest.Layers.Where(layer => layer is { Method: not null, InputMap: not null })
            .SelectMany(layer => tree.Expand(prefix, layer.Path).SelectMany(path => layer.InputMap!.State.Select(state => $"{path}.{state}"))));
        var unclear = manifest.Edges.Where(edge => edge.Unclear is not null).Select(edge => edge.From).ToHashSet(StringComparer.Ordinal);
        doubted.UnionWith(unclear.SelectMany(path => tree.Expand(prefix, path)));
        if (isClear)
        {
            foreach (var edge in manifest.Edges.Where(edge => IsFoldable(edge, manifest)))
            {
                Take(prefix, edge);
            }
        }

        // How a block or a container is called says nothing of what happens within.
        var outside = manifest.Edges.Where(edge => edge is { Unclear: not null, Closed: false }).Select(edge => edge.From).ToArray();
        foreach (var member in manifest.Children.GroupBy(child => child.Path))
        {
            // Which of several classes is there is not known; what is used from outside has further edges.
            var isOne = member.Count() == 1 && isClear
                && !outside.Any(path => member.Key == path || member.Key.StartsWith(path + ".", StringComparison.Ordinal));
            foreach (var path in tree.Expand(prefix, member.Key).ToArray())
            {
                foreach (var child in member)
                {
                    Visit(path + ".", child.Module, isOne);
                }
            }
        }

        enclosing.RemoveAt(enclosing.Count - 1);
    }

    private static bool IsFoldable(ManifestEdge edge, ModuleManifest manifest) =>
        edge is { Kind: "batchNorm", Sole: true, Conditional: false, Step: null or "next", To.Length: 1, Eps: not null }
        && (edge.Step is null || (edge.From == edge.To[0] && edge.From.EndsWith("." + Wildcard, StringComparison.Ordinal)))
        && manifest.Edges.Count(other => other.From == edge.From && other.Kind is "feeds" or "batchNorm") == 1
        && manifest.Edges.Count(other => other.To.Contains(edge.To[0]) && other.Kind is "feeds" or "batchNorm") == 1;

    // An index of the layer's path is that of the batch norm's.
    private void Take(string prefix, ManifestEdge edge)
    {
        if (edge.Step is not null)
        {
            folds.AddRange(tree.Expand(prefix, edge.From).Select(layer => new BatchNormFold(layer, BehindIt(layer), edge.Eps!.Value)).Where(IsThere));
            return;
        }

        var (layers, norms) = (tree.Expand(prefix, edge.From).ToArray(), tree.Expand(prefix, edge.To[0]).ToArray());
        if (Wildcards(edge.From) == Wildcards(edge.To[0]) && Wildcards(edge.From) <= 1 && layers.Length == norms.Length
            && Enumerable.Range(0, layers.Length).All(i => IndexOf(prefix, edge.From, layers[i]) == IndexOf(prefix, edge.To[0], norms[i])))
        {
            folds.AddRange(layers.Zip(norms, (layer, norm) => new BatchNormFold(layer, norm, edge.Eps!.Value)));
        }
    }

    // The next element of the container.
    private static string BehindIt(string path)
    {
        var index = path.LastIndexOf('.') + 1;
        return path[..index] + (int.Parse(path[index..], CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
    }

    private static int Wildcards(string path) => path.Split('.').Count(part => part == Wildcard);

    private static string IndexOf(string prefix, string pattern, string path)
    {
        var at = Array.IndexOf(pattern.Split('.'), Wildcard);
        return at < 0 ? "" : path[prefix.Length..].Split('.')[at];
    }

    // A latent is no weight. What an input map keeps has nothing to do with the outputs.
    private bool HasLatents(string layer) => tree.HasBelow(layer + ".reparam.")
        && checkpoint.Names.Any(name => name.StartsWith(layer + ".reparam.", StringComparison.Ordinal) && !inputStates.Contains(name));

    // Everything that the fold needs is in the checkpoint, in its shape, and nothing of it has another name or is left out.
    private bool IsThere(BatchNormFold fold)
    {
        string[] parts = ["weight", "bias", "running_mean", "running_var"];
        string[] own = [fold.Layer + ".weight", fold.Layer + ".bias", .. parts.Select(part => $"{fold.BatchNorm}.{part}")];
        if (own.Any(name => tied.Contains(name) || leftOut.Contains(name)) || HasLatents(fold.Layer)
            || !checkpoint.Contains(own[0]) || !checkpoint.Contains($"{fold.BatchNorm}.running_mean") || !checkpoint.Contains($"{fold.BatchNorm}.running_var"))
        {
            return false;
        }

        var weight = checkpoint.Info(own[0]);
        return weight.Shape.Length >= 2 && CheckpointCompressor.CanCode(weight.DType)
            && checkpoint.Contains($"{fold.BatchNorm}.weight") == checkpoint.Contains($"{fold.BatchNorm}.bias")
            && own.Skip(1).Where(checkpoint.Contains).Select(checkpoint.Info)
                .All(info => CheckpointCompressor.CanCode(info.DType) && info.Shape.SequenceEqual([weight.Shape[0]]));
    }
}
