using System.Collections.Concurrent;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Which marked classes have a twin, in this compilation and in those that it refers to.</summary>
/// <param name="compilation">The compilation of the annotated code.</param>
internal sealed class MarkedTypes(Compilation compilation)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> hasTwin = new(SymbolEqualityComparer.Default);

    private readonly HashSet<INamedTypeSymbol> deciding = new(SymbolEqualityComparer.Default);

    /// <summary>Decides for a class of this compilation. Set by the context, which knows the types that the decision depends on.</summary>
    public System.Func<INamedTypeSymbol, bool> IsAccepted { get; set; } = static _ => true;

    /// <summary>True if the class is declared in this compilation.</summary>
    public bool IsOwn(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);

    /// <summary>True if the marked class has a twin.</summary>
    public bool HasTwin(INamedTypeSymbol type)
    {
        if (hasTwin.TryGetValue(type, out var known))
        {
            return known;
        }

        lock (deciding)
        {
            // A class may name itself in its base type: it counts as accepted while that is being found out.
            if (deciding.Add(type))
            {
                hasTwin[type] = IsOwn(type) ? IsAccepted(type) : HasReferencedTwin(type);
                deciding.Remove(type);
                return hasTwin[type];
            }

            return !hasTwin.TryGetValue(type, out known) || known;
        }
    }

    /// <summary>The twin of a marked class of a referenced assembly; null for a class of this compilation, whose twin is no symbol yet.</summary>
    public INamedTypeSymbol? TwinSymbol(INamedTypeSymbol type) =>
        IsOwn(type) ? null : type.ContainingAssembly.GetTypeByMetadataName(type.MetadataFullName() + TwinNames.Suffix);

    private bool HasReferencedTwin(INamedTypeSymbol type) =>
        TwinSymbol(type) is { } twin && compilation.IsSymbolAccessibleWithin(twin, compilation.Assembly);
}
