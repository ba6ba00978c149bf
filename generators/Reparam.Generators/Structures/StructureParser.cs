using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Manifests;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Structures;

/// <summary>Reads a structure. What is wrong with it is left out quietly: <see cref="StructureAnalyzer"/> reports it.</summary>
internal static class StructureParser
{
    /// <summary>Reads a class; null if it is no structure.</summary>
    /// <param name="marked">A class that can take part.</param>
    /// <param name="token">Stops the work.</param>
    public static StructureModel? Parse(MarkedClass marked, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return Read(marked) is var (_, use, method) ? new StructureModel(TypeName.Of(marked.Symbol), method.Qualified(), use.Creation()) : null;
    }

    /// <summary>What the manifest says of the folded class; null if the class is no structure.</summary>
    /// <param name="marked">A class that can take part.</param>
    public static ManifestFolded? Folded(MarkedClass marked) =>
        Read(marked) is var (folded, use, method)
            ? new ManifestFolded(folded.MetadataFullName(), method.MetadataFullName(), ManifestParser.Options(use).ToEquatableArray())
            : null;

    private static (INamedTypeSymbol Folded, MethodUse Use, INamedTypeSymbol Method)? Read(MarkedClass marked)
    {
        var uses = StructureFacts.UsesOf(marked.Symbol).ToArray();
        return uses.Length == 1 && StructureFacts.FoldedOf(marked.Symbol) is { } folded
            && StructureFacts.MethodOf(uses[0].Class, marked.Compilation) is { } method
            ? (folded, uses[0], method)
            : null;
    }
}
