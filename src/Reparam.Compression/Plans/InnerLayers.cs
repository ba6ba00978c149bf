namespace Reparam.Compression.Plans;

/// <summary>
/// What lies in the children of a class: which names belong to marked classes, whose methods are their own, and which kinds of layers the classes without a
/// mark have, as their manifests tell.
/// </summary>
internal sealed class InnerLayers
{
    // Beyond this depth no model goes; manifests of another hand can.
    private const int MaxDepth = 200;

    private readonly BuildPlan plan;
    private readonly NameTree tree;
    private readonly HashSet<string> marked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> kinds = new(StringComparer.Ordinal);
    private readonly HashSet<(string Prefix, string Module)> visited = [];

    /// <summary>Walks the children of a class.</summary>
    /// <param name="plan">The manifests.</param>
    /// <param name="tree">The names of the checkpoint.</param>
    /// <param name="prefix">Where the class lies: empty, or a path that ends with a dot.</param>
    /// <param name="manifest">The class.</param>
    public InnerLayers(BuildPlan plan, NameTree tree, string prefix, ModuleManifest manifest)
    {
        this.plan = plan;
        this.tree = tree;
        VisitChildren(prefix, manifest, 0);
    }

    /// <summary>True if a tensor lies in a child of a marked class.</summary>
    /// <param name="name">Its name.</param>
    public bool IsOfMarked(string name)
    {
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (marked.Contains(name[..dot]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The kind of a layer as a manifest tells it; empty for a layer of no kind, null where no manifest tells.</summary>
    /// <param name="path">Path of the layer.</param>
    public string? KindOf(string path) => kinds.GetValueOrDefault(path);

    private void VisitChildren(string prefix, ModuleManifest manifest, int depth)
    {
        foreach (var member in manifest.Children.GroupBy(child => child.Path))
        {
            var isReached = member.All(child => plan.Manifests.TryGetValue(child.Module, out var inner) && inner.Reached);
            foreach (var path in tree.Expand(prefix, member.Key))
            {
                if (!isReached)
                {
                    marked.Add(path);
                    continue;
                }

                foreach (var child in member)
                {
                    Visit(path + ".", child.Module, depth + 1);
                }
            }
        }
    }

    private void Visit(string prefix, string module, int depth)
    {
        if (depth > MaxDepth || !tree.HasBelow(prefix) || !visited.Add((prefix, module)))
        {
            return;
        }

        var manifest = plan.Manifests[module];
        foreach (var path in manifest.Others.SelectMany(other => tree.Expand(prefix, other.Path)))
        {
            kinds.TryAdd(path, "");
        }

        foreach (var (path, kind) in manifest.Layers.Where(layer => !layer.Some)
            .SelectMany(layer => tree.Expand(prefix, layer.Path).Select(path => (path, layer.Kind))))
        {
            kinds.TryAdd(path, kind);
        }

        VisitChildren(prefix, manifest, depth);
    }
}
