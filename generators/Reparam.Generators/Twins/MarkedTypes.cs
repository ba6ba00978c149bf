using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Which types have a twin, in this compilation and in those that it refers to, and what the twins are called.</summary>
/// <param name="compilation">The compilation of the annotated code.</param>
internal sealed class MarkedTypes(Compilation compilation)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> hasTwin = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> takesPart = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, string> names = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> deciding = new(SymbolEqualityComparer.Default);
    private readonly TakesPart own = Common.TakesPart.In(compilation);

    /// <summary>Decides for a class of this compilation. Set by the context, which knows the types that the decision depends on.</summary>
    public System.Func<INamedTypeSymbol, bool> IsAccepted { get; set; } = static _ => true;

    /// <summary>True if the class is declared in this compilation.</summary>
    public bool IsOwn(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);

    /// <summary>True if the run time cannot use the type as it is: it needs a twin.</summary>
    public bool TakesPart(INamedTypeSymbol type) => takesPart.GetOrAdd(
        type.OriginalDefinition,
        one => !TypeMap.IsTorch(one) && (IsOwn(one) ? own.Has(one) : one.IsMarked() || TwinSymbol(one) is not null));

    /// <summary>True if the type has a twin.</summary>
    public bool HasTwin(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (hasTwin.TryGetValue(type, out var known))
        {
            return known;
        }

        lock (deciding)
        {
            // A class may name itself in its base type: it counts as accepted while that is being found out.
            if (deciding.Add(type))
            {
                hasTwin[type] = TakesPart(type) && (IsOwn(type) ? IsAccepted(type) : TwinSymbol(type) is not null);
                deciding.Remove(type);
                return hasTwin[type];
            }

            return !hasTwin.TryGetValue(type, out known) || known;
        }
    }

    /// <summary>The twin of a type of a referenced assembly; null for a type of this compilation, whose twin is no symbol yet.</summary>
    public INamedTypeSymbol? TwinSymbol(INamedTypeSymbol type) => IsOwn(type) ? null
        : Candidates(type.OriginalDefinition).Select(name => type.ContainingAssembly.GetTypeByMetadataName(name))
            .FirstOrDefault(twin => twin is not null && compilation.IsSymbolAccessibleWithin(twin, compilation.Assembly));

    /// <summary>
    /// The name of a type's twin, without those around it. A type that is nested in one that has a twin, and has no mark, keeps its name in that twin. Where
    /// <c>BlockRuntime</c> is taken, an underscore follows; a file-local class whose name is not its own in the namespace has a number between.
    /// </summary>
    public string NameOf(INamedTypeSymbol type) => names.GetOrAdd(type.OriginalDefinition, MakeName);

    private static bool IsCopied(INamedTypeSymbol type) => type.ContainingType is not null && !type.IsMarked();

    // The twin of a nested class stands beside it or in the twin of the class around it.
    private static IEnumerable<string> Candidates(INamedTypeSymbol type)
    {
        var arity = type.Arity > 0 ? $"`{Literals.Of(type.Arity)}" : "";
        var name = type.Name + (IsCopied(type) ? "" : TwinNames.Suffix) + arity;
        return type.ContainingType is not { } outer
            ? [type.ContainingNamespace.IsGlobalNamespace ? name : $"{type.ContainingNamespace.MetadataFullName()}.{name}"]
            : (IsCopied(type) ? [] : (string[])[outer.MetadataFullName()]).Concat(Candidates(outer)).Select(container => $"{container}+{name}");
    }

    private string MakeName(INamedTypeSymbol type)
    {
        if (IsCopied(type))
        {
            return Identifiers.EscapeType(type.Name);
        }

        var number = type.IsFileLocal && Siblings(type, type.Name).Skip(1).Any() ? "_" + FileNumber(type) : "";
        var name = type.Name + number + TwinNames.Suffix;
        while (IsTaken(type, name))
        {
            name += "_";
        }

        return name;
    }

    private static IEnumerable<INamedTypeSymbol> Siblings(INamedTypeSymbol type, string name) =>
        type.ContainingType is { } outer ? outer.GetTypeMembers(name, type.Arity) : type.ContainingNamespace.GetTypeMembers(name, type.Arity);

    // Analyzers see the twins that were emitted; what the user wrote is not among them.
    private bool IsTaken(INamedTypeSymbol type, string name) =>
        Siblings(type, name).Any(other => IsOwn(other) && !IsEmitted(other))
        || type.GetMembers(name).Any()
        || (type.ContainingType is { } outer
            ? outer.GetMembers(name).Any(m => m is not INamedTypeSymbol)
            : type.ContainingNamespace.GetNamespaceMembers().Any(space => space.Name == name));

    private static bool IsEmitted(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.All(r => Common.TakesPart.IsEmitted(r.SyntaxTree));

    // The same on every machine: the files of one name that declare such a type are counted.
    private static string FileNumber(INamedTypeSymbol type)
    {
        var path = type.DeclaringSyntaxReferences[0].SyntaxTree.FilePath;
        var file = System.IO.Path.GetFileNameWithoutExtension(path);
        var name = new string([.. file.Select(c => char.IsLetterOrDigit(c) ? c : '_')]);
        var same = Siblings(type, type.Name).Where(t => t.IsFileLocal).Select(t => t.DeclaringSyntaxReferences[0].SyntaxTree.FilePath)
            .Where(other => System.IO.Path.GetFileNameWithoutExtension(other) == file).OrderBy(other => other, System.StringComparer.Ordinal).ToList();
        return same.IndexOf(path) is > 0 and var index ? $"{name}{Literals.Of(index)}" : name;
    }
}
