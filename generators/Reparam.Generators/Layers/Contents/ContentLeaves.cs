using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers.Contents;

/// <summary>The layers at and below a place that are its class's own: blocks without a mark are looked into, marked ones have their own.</summary>
internal sealed class ContentLeaves
{
    private const int MaxDepth = 16;

    private static readonly LayerKind[] AllKinds = (LayerKind[])Enum.GetValues(typeof(LayerKind));
    private readonly ContentReader reader;

    /// <summary>Collects them.</summary>
    /// <param name="place">A child of a class.</param>
    /// <param name="reader">Reads blocks.</param>
    public ContentLeaves(ContentPlace place, ContentReader reader)
    {
        this.reader = reader;
        Collect(place.Content, place.Name, 0);
    }

    /// <summary>Kinds of layers that may be there; all where the source does not tell.</summary>
    public HashSet<LayerKind> Kinds { get; } = [];

    /// <summary>Kinds of layers that classes there are by their own code: nothing wraps them in training.</summary>
    public HashSet<LayerKind> OwnKinds { get; } = [];

    /// <summary>Their paths, with <see cref="ModuleContent.Index"/> and <see cref="ModuleContent.AnyName"/> where the source does not tell.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Names of the other modules' classes, each once.</summary>
    public List<string> Others { get; } = [];

    /// <summary>True if the targets of an attribute may take one of the paths.</summary>
    public bool MayTake(MethodUse use) => Paths.Any(path => IsPattern(path) || use.Matches(path));

    private static bool IsPattern(string path) => path.Split('.').Any(part => part is ModuleContent.Index or ModuleContent.AnyName);

    private void Collect(ModuleContent content, string path, int depth)
    {
        var isUnknown = content.IsUnknown || depth > MaxDepth;
        Kinds.UnionWith(isUnknown ? AllKinds : content.Kinds);
        Others.AddRange(content.Others.Concat(content.Classes).Select(type => type.Name).Where(name => !Others.Contains(name)).ToArray());
        LayerKind[] own = [.. content.OwnKinds, .. content.Classes.Where(IsLookedInto).SelectMany(type => reader.InsideOf(type).OwnKinds)];
        OwnKinds.UnionWith(own);
        if (content.Kinds.Count > 0 || own.Length > 0 || isUnknown)
        {
            Paths.Add(isUnknown ? path + ".?" : path);
        }

        foreach (var (name, part) in content.Parts.Concat(content.Classes.Where(type => !type.IsMarked() && !isUnknown).SelectMany(InsideOf)))
        {
            Collect(part, $"{path}.{name}", depth + 1);
        }
    }

    private static bool IsLookedInto(INamedTypeSymbol type) => !type.IsMarked() && type.DeclaringSyntaxReferences.Length > 0;

    private IEnumerable<(string Name, ModuleContent Content)> InsideOf(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Length == 0 ? [(ModuleContent.AnyName, ModuleContent.Unknown())] : reader.InsideOf(type).Parts;
}
