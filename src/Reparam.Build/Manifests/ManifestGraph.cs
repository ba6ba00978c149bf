using System;
using System.Collections.Generic;
using System.Linq;

namespace Reparam.Build.Manifests;

/// <summary>The manifests that a project sees, its own and those of its references, linked by class name.</summary>
internal sealed class ManifestGraph
{
    private readonly Dictionary<string, List<ManifestLinks>> byModule = new(StringComparer.Ordinal);

    /// <summary>Adds the manifests of one assembly.</summary>
    public void Add(IEnumerable<ManifestLinks> manifests)
    {
        foreach (var manifest in manifests)
        {
            if (!byModule.TryGetValue(manifest.Module, out var same))
            {
                byModule.Add(manifest.Module, same = []);
            }

            same.Add(manifest);
        }
    }

    /// <summary>The root that a checkpoint belongs to: the one it names, or the only one.</summary>
    /// <param name="model">Full metadata name, or empty.</param>
    /// <exception cref="BuildErrorException">RPB0001 there is no root, RPB0002 there are several, RPB0003 no marked class has the name.</exception>
    public string SelectModel(string model)
    {
        var roots = byModule.Values.SelectMany(same => same).Where(manifest => manifest.IsRoot).Select(manifest => manifest.Module)
            .Distinct(StringComparer.Ordinal).OrderBy(name => name, StringComparer.Ordinal).ToList();
        if (model.Length > 0)
        {
            return byModule.ContainsKey(model)
                ? model
                : throw new BuildErrorException(
                    "RPB0003", $"No class '{model}' is marked with [ReparamModel] or [ReparamModule] in this project or its references. {Known(roots)}");
        }

        return roots.Count switch
        {
            1 => roots[0],
            0 => throw new BuildErrorException("RPB0001", byModule.Count == 0
                ? "Neither this project nor its references have a class marked with [ReparamModel]."
                : $"None of the {byModule.Count} marked classes of this project and its references is a root: mark the model's outermost class with "
                    + "[ReparamModel]."),
            _ => throw new BuildErrorException("RPB0002", $"Several classes are marked with [ReparamModel]: name one in the item's Model. {Known(roots)}"),
        };
    }

    /// <summary>The model's own manifest and those of everything below it, ordered by name so that a plan does not depend on the order of references.</summary>
    /// <exception cref="BuildErrorException">RPB0007: a child has no manifest, or two assemblies have one.</exception>
    public IReadOnlyList<ManifestLinks> Reach(string model)
    {
        var reached = new SortedDictionary<string, ManifestLinks>(StringComparer.Ordinal);
        var left = new Stack<string>();
        left.Push(model);
        while (left.Count > 0)
        {
            var module = left.Pop();
            if (reached.ContainsKey(module))
            {
                continue;
            }

            var same = byModule[module];
            if (same.Count > 1)
            {
                throw new BuildErrorException(
                    "RPB0007", $"Class {module} has a manifest in each of {string.Join(", ", same.Select(m => $"'{m.Assembly}'"))}: reference only one of "
                        + "them, or rename a class.");
            }

            reached.Add(module, same[0]);
            foreach (var child in same[0].Children)
            {
                if (!byModule.ContainsKey(child.Value))
                {
                    throw new BuildErrorException(
                        "RPB0007", $"{module} has a child module {child.Value} at '{child.Key}', and no assembly in reach has its manifest: reference its "
                            + "assembly, built with Reparam.Sdk.");
                }

                left.Push(child.Value);
            }
        }

        return [.. reached.Values];
    }

    private static string Known(List<string> roots) => roots.Count == 0 ? "No class is marked with [ReparamModel]."
        : $"Models in reach: {string.Join(", ", roots)}.";
}
