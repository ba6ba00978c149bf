using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Compression.Plans;

/// <summary>
/// Names that the model makes one tensor of, such as an embedding and the head that shares its weight. A file needs one of them: what it holds twice is stored
/// and coded once.
/// </summary>
public sealed class TiedWeights
{
    private const int MaxDepth = 200;

    private readonly BuildPlan plan;
    private readonly NameTree tree;
    private readonly HashSet<(string Prefix, string Module)> visited = [];
    private readonly List<(string First, string Second, bool IsSure)> pairs = [];

    private TiedWeights(ICheckpoint checkpoint, BuildPlan plan)
    {
        this.plan = plan;
        tree = new NameTree(checkpoint.Names);
        Visit("", plan.Model, 0);
    }

    /// <summary>Pairs of names that are one tensor for sure: the one that was assigned, and the one that it takes.</summary>
    public ImmutableArray<(string First, string Second)> Pairs { get; private set; }

    /// <summary>The names that are left out, each with the one that stays: both are in the checkpoint, with the same values.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; private set; } = new Dictionary<string, string>();

    /// <summary>Finds them.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="plan">The manifests and the root.</param>
    public static TiedWeights Of(ICheckpoint checkpoint, BuildPlan plan)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        var tied = new TiedWeights(checkpoint, plan);
        var skipped = LeftOutTensors.Of(checkpoint, plan);
        var leftOut = new Dictionary<string, string>(StringComparer.Ordinal);
        var sure = ImmutableArray.CreateBuilder<(string First, string Second)>();
        // Of a model that may be made without the tie, both names are kept.
        foreach (var (first, second, _) in tied.pairs.Where(pair => pair.IsSure && pair.First != pair.Second))
        {
            sure.Add((first, second));
            if (checkpoint.Contains(first) && checkpoint.Contains(second) && !skipped.Contains(first) && !skipped.Contains(second)
                && !leftOut.ContainsKey(second) && checkpoint.SameContent(first, second))
            {
                leftOut.TryAdd(first, second);
            }
        }

        tied.LeftOut = leftOut;
        tied.Pairs = sure.ToImmutable();
        return tied;
    }

    private void Visit(string prefix, string module, int depth)
    {
        if (depth > MaxDepth || !visited.Add((prefix, module)) || !plan.Manifests.TryGetValue(module, out var manifest))
        {
            return;
        }

        pairs.AddRange(Expand(tree, prefix, manifest));
        foreach (var child in manifest.Children)
        {
            foreach (var path in tree.Expand(prefix, child.Path).Where(path => tree.HasBelow(path + ".")))
            {
                Visit(path + ".", child.Module, depth + 1);
            }
        }
    }

    /// <summary>The pairs of one class. Of two lists, elements of one place go together.</summary>
    internal static IEnumerable<(string First, string Second, bool IsSure)> Expand(NameTree tree, string prefix, ModuleManifest manifest)
    {
        foreach (var pair in manifest.Tied.Where(pair => pair.Length is 2 or 3))
        {
            string[] first = [.. tree.Expand(prefix, pair[0])], second = [.. tree.Expand(prefix, pair[1])];
            var isSure = pair.Length == 2;
            foreach (var (name, other) in second.Length == 1 ? first.Select(name => (name, second[0])) : first.Zip(second))
            {
                yield return (name, other, isSure);
            }
        }
    }
}
