using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>Which module classes have a manifest: the marked ones, and those that they reach in the same compilation.</summary>
internal static class ManifestTypes
{
    private static readonly ConditionalWeakTable<Compilation, HashSet<INamedTypeSymbol>> Reached = new();

    /// <summary>True if a class has a manifest, in this compilation or in the assembly that it comes from.</summary>
    /// <param name="compilation">The compilation of the annotated code.</param>
    /// <param name="type">A class.</param>
    public static bool HasManifest(this Compilation compilation, ITypeSymbol? type) => type is INamedTypeSymbol named
        && (named.IsMarked() || Reached.GetValue(compilation, static c => Find(c)).Contains(named.OriginalDefinition));

    /// <summary>
    /// The classes whose manifest stands for itself: those without a mark, and marked ones of which no further part can be written, such as classes nested in a
    /// type that is not partial.
    /// </summary>
    /// <param name="compilation">The compilation of the annotated code.</param>
    public static IReadOnlyCollection<INamedTypeSymbol> ReachedModules(this Compilation compilation) => Reached.GetValue(compilation, static c => Find(c));

    private static HashSet<INamedTypeSymbol> Find(Compilation compilation)
    {
        var found = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in TakesPart.In(compilation).Modules(CancellationToken.None))
        {
            if (type.TypeKind == TypeKind.Class && (!type.IsMarked() || (type.IsPartial() && !type.CanTakePart())))
            {
                found.Add(type.OriginalDefinition);
            }
        }

        return found;
    }
}
