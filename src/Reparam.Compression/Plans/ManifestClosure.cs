namespace Reparam.Compression.Plans;

/// <summary>Which classes hold something, themselves or in a child at any depth. Each class is looked at once, and no chain of classes is too long.</summary>
internal static class ManifestClosure
{
    /// <summary>The classes from which one can go down to a class that holds it.</summary>
    /// <param name="manifests">All classes.</param>
    /// <param name="holds">Whether a class itself holds it.</param>
    /// <param name="goesDown">Whether a child counts.</param>
    /// <param name="holdsUnknown">Whether a class without a manifest counts as one that holds it.</param>
    public static HashSet<string> Of(
        IReadOnlyDictionary<string, ModuleManifest> manifests, Func<ModuleManifest, bool> holds, Func<ManifestChild, bool> goesDown, bool holdsUnknown)
    {
        var parents = manifests.SelectMany(manifest => manifest.Value.Children.Where(goesDown).Select(child => (child.Module, Parent: manifest.Key)))
            .ToLookup(edge => edge.Module, edge => edge.Parent, StringComparer.Ordinal);
        var seeds = manifests.Where(manifest => holds(manifest.Value)).Select(manifest => manifest.Key)
            .Concat(holdsUnknown ? parents.Select(child => child.Key).Where(child => !manifests.ContainsKey(child)) : []);
        var found = new HashSet<string>(seeds, StringComparer.Ordinal);
        var left = new Stack<string>(found);
        while (left.TryPop(out var module))
        {
            foreach (var parent in parents[module].Where(found.Add))
            {
                left.Push(parent);
            }
        }

        return found;
    }
}
