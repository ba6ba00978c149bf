using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Common;

/// <summary>
/// Which types of a compilation take part. A type does if it is marked, or if its source is here and it is on tensors: then one that takes part reaches it
/// by naming it, and it needs no mark. Types that do not touch TorchSharp are used as they are.
/// </summary>
/// <remarks>
/// A type is on tensors if its declarations (bases, members, nested types) or its bodies name TorchSharp, or if its declarations name a type that is. The
/// answer is one for a type and everything nested in it, and it depends on the source of the type alone, never on who asks.
/// </remarks>
internal sealed class TakesPart
{
    private static readonly ConditionalWeakTable<Compilation, TakesPart> Known = new();

    private readonly Compilation compilation;
    private readonly Dictionary<INamedTypeSymbol, bool> byDeclaration = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, bool> onTensors = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, bool> byBodies = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> answers = new(SymbolEqualityComparer.Default);
    private readonly object gate = new();
    private bool isBound;
    private ImmutableArray<INamedTypeSymbol> marked;
    private ImmutableArray<INamedTypeSymbol> modules;
    private ImmutableArray<INamedTypeSymbol> reached;

    private TakesPart(Compilation compilation) => this.compilation = compilation;

    /// <summary>The answers for a compilation.</summary>
    public static TakesPart In(Compilation compilation) => Known.GetValue(compilation, static c => new TakesPart(c));

    /// <summary>True if the tree was emitted by this generator: analyzers see those too.</summary>
    public static bool IsEmitted(SyntaxTree tree) => tree.FilePath.Contains(nameof(ReparamGenerator));

    /// <summary>True if the type is declared in source of this compilation, and not by what was emitted.</summary>
    public bool IsOwn(INamedTypeSymbol type) => !type.IsAnonymousType && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
        && type.DeclaringSyntaxReferences.Any(r => !IsEmitted(r.SyntaxTree));

    /// <summary>
    /// True for a nested class with a mark whose containing types are all partial: what is emitted for it stands beside it. Other nested types belong to what
    /// is emitted for the type around them.
    /// </summary>
    public static bool StandsAlone(INamedTypeSymbol type)
    {
        if (type.ContainingType is null || !type.IsMarked())
        {
            return false;
        }

        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (!outer.IsPartial() || outer.IsFileLocal || outer.TypeKind == TypeKind.Interface)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True if a class that is nested in the type, or in one around it, stands alone: it must reach what is private there.</summary>
    public static bool LetsIn(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.GetTypeMembers().Any(nested => StandsAlone(nested) || (!SymbolEqualityComparer.Default.Equals(nested, type) && LetsInBelow(nested))))
            {
                return true;
            }
        }

        return false;

        static bool LetsInBelow(INamedTypeSymbol below) => below.GetTypeMembers().Any(nested => StandsAlone(nested) || LetsInBelow(nested));
    }

    /// <summary>The type together with which a type takes part: the outermost around it, up to one that stands alone.</summary>
    public static INamedTypeSymbol UnitOf(INamedTypeSymbol type)
    {
        var unit = type.OriginalDefinition;
        while (unit.ContainingType is { } outer && !StandsAlone(unit))
        {
            unit = outer.OriginalDefinition;
        }

        return unit;
    }

    /// <summary>True if a type of this compilation is marked or on tensors, by itself or by what is nested in it or around it.</summary>
    public bool Has(INamedTypeSymbol type) => answers.GetOrAdd(UnitOf(type), unit =>
    {
        if (!IsOwn(unit))
        {
            return false;
        }

        lock (gate)
        {
            return IsOnTensors(unit);
        }
    });

    /// <summary>All marked classes of the compilation, nested ones too, in the order of the source.</summary>
    public ImmutableArray<INamedTypeSymbol> Marked(CancellationToken cancellation)
    {
        if (marked.IsDefault)
        {
            marked = [.. compilation.SyntaxTrees.Where(tree => !IsEmitted(tree))
                .SelectMany(tree => Candidates(tree.GetRoot(cancellation)).Select(node => compilation.ModelOf(tree).GetDeclaredSymbol(node, cancellation)))
                .OfType<INamedTypeSymbol>().Where(type => type.IsMarked()).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default)];
        }

        return marked;
    }

    /// <summary>Binds the bodies of the marked classes, for steps that look up most names in them.</summary>
    public void BindMarked(CancellationToken cancellation)
    {
        if (!isBound)
        {
            foreach (var part in Marked(cancellation).SelectMany(type => type.DeclaringSyntaxReferences))
            {
                cancellation.ThrowIfCancellationRequested();
                compilation.BoundModelOf(part.SyntaxTree);
            }

            isBound = true;
        }
    }

    /// <summary>The module classes that take part: the marked ones, and those that their code reaches, in the order in which they are reached.</summary>
    public ImmutableArray<INamedTypeSymbol> Modules(CancellationToken cancellation)
    {
        if (modules.IsDefault)
        {
            modules = [.. Reached(cancellation).Where(type => type.IsOrDerivesFrom(MetadataNames.Module))];
        }

        return modules;
    }

    /// <summary>The files of all types that take part, and of those whose bodies were looked into in order to know whether they do.</summary>
    public ImmutableArray<SyntaxTree> Sources(CancellationToken cancellation)
    {
        var reached = Reached(cancellation);
        lock (gate)
        {
            return [.. reached.Concat(byBodies.Keys.SelectMany(TypesOf)).SelectMany(PartsOf).Select(part => part.SyntaxTree).Distinct()];
        }
    }

    /// <summary>A type's definition and the definitions of its type arguments, elements and pointed-at types.</summary>
    public static IEnumerable<INamedTypeSymbol> Parts(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => Parts(array.ElementType),
        IPointerTypeSymbol pointer => Parts(pointer.PointedAtType),
        IFunctionPointerTypeSymbol { Signature: { } signature } => Parts(signature.ReturnType).Concat(signature.Parameters.SelectMany(p => Parts(p.Type))),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.SelectMany(e => Parts(e.Type)),
        INamedTypeSymbol named => named.TypeArguments.SelectMany(Parts)
            .Concat(named.ContainingType is { } outer ? Parts(outer) : []).Prepend(named.OriginalDefinition),
        _ => [],
    };

    /// <summary>As <see cref="Parts"/>, without the types around nested ones: of those only the type arguments count.</summary>
    public static IEnumerable<INamedTypeSymbol> Named(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => Named(array.ElementType),
        IPointerTypeSymbol pointer => Named(pointer.PointedAtType),
        IFunctionPointerTypeSymbol { Signature: { } signature } => Named(signature.ReturnType).Concat(signature.Parameters.SelectMany(p => Named(p.Type))),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.SelectMany(e => Named(e.Type)),
        INamedTypeSymbol named => ArgumentsAround(named).SelectMany(Named).Prepend(named.OriginalDefinition),
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> ArgumentsAround(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? type.TypeArguments.Concat(ArgumentsAround(outer)) : type.TypeArguments;

    // Types with attributes, which may be marks: by syntax alone, which leaves out nearly everything in a large project.
    private static IEnumerable<TypeDeclarationSyntax> Candidates(SyntaxNode container)
    {
        foreach (var node in container.ChildNodes())
        {
            if (node is TypeDeclarationSyntax { AttributeLists.Count: > 0 } type)
            {
                yield return type;
            }

            foreach (var nested in node is TypeDeclarationSyntax or BaseNamespaceDeclarationSyntax ? Candidates(node) : [])
            {
                yield return nested;
            }
        }
    }

    // ---- on tensors

    private bool IsOnTensors(INamedTypeSymbol unit) => Search(unit, onTensors, one => IsByDeclaration(one) || IsByBodies(one));

    private bool IsByDeclaration(INamedTypeSymbol unit) => Search(unit, byDeclaration, NamesTorch);

    // True if a unit that the predicate is true of can be reached over the types that declarations name.
    private bool Search(INamedTypeSymbol start, Dictionary<INamedTypeSymbol, bool> known, Func<INamedTypeSymbol, bool> predicate)
    {
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        if (Visit(start))
        {
            return true;
        }

        foreach (var unit in seen)
        {
            known[unit] = false;
        }

        return false;

        bool Visit(INamedTypeSymbol unit)
        {
            if (known.TryGetValue(unit, out var answer))
            {
                return answer;
            }

            if (!seen.Add(unit))
            {
                return false;
            }

            return (predicate(unit) || Named(unit).Select(UnitOf).Any(other => IsOwn(other) && Visit(other))) && (known[unit] = true);
        }
    }

    // What is file-local cannot be named from another file, so it is copied like what is on tensors.
    private bool NamesTorch(INamedTypeSymbol unit) => TypesOf(unit).Any(t => t.IsMarked() || t.IsFileLocal) || Named(unit).Any(IsTorch);

    // A type of another library counts too where that library has TorchSharp.
    private bool IsTorch(INamedTypeSymbol type) => TypeMap.IsTorch(type)
        || (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
            && type.ContainingModule?.ReferencedAssemblies.Any(a => a.Name == TwinNames.TorchSharpAssembly) == true
            && (TypeMap.DerivesFromTorch(type) || type.IsMarked() || type.GetMembers().Any(TypeMap.InDeclaration)));

    private bool IsByBodies(INamedTypeSymbol unit)
    {
        if (!byBodies.TryGetValue(unit, out var answer))
        {
            byBodies[unit] = answer = TypesOf(unit).SelectMany(PartsOf).Any(part =>
                part is TypeDeclarationSyntax declaration && declaration.Members.Where(m => m is not BaseTypeDeclarationSyntax).SelectMany(NamesIn).Any(
                    name => SymbolOf(name) is { } symbol && NamedBy(symbol).Any(t => IsTorch(t) || (IsOwn(UnitOf(t)) && IsByDeclaration(UnitOf(t))))));
        }

        return answer;
    }

    private IEnumerable<SyntaxNode> PartsOf(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Where(r => !IsEmitted(r.SyntaxTree)).Select(r => r.GetSyntax());

    private static IEnumerable<SimpleNameSyntax> NamesIn(SyntaxNode node) => node.DescendantNodes().OfType<SimpleNameSyntax>();

    private ISymbol? SymbolOf(SyntaxNode name) => compilation.ModelOf(name.SyntaxTree).GetSymbolInfo(name) switch
    {
        { Symbol: { } symbol } => symbol,
        { CandidateSymbols: { IsEmpty: false } candidates } => candidates[0],
        _ => null,
    };

    // The types that a use of a symbol brings along.
    private static IEnumerable<INamedTypeSymbol> NamedBy(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => Parts(type),
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => [],
        IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => InDeclaration(symbol).Concat(Parts(symbol.ContainingType)),
        _ => [],
    };

    private static IEnumerable<INamedTypeSymbol> InDeclaration(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters.SelectMany(p => Parts(p.Type)).Concat(method.TypeParameters.SelectMany(Constraints))
            .Concat(Parts(method.ReturnType)),
        IPropertySymbol property => property.Parameters.SelectMany(p => Parts(p.Type)).Concat(Parts(property.Type)),
        IFieldSymbol field => Parts(field.Type),
        IEventSymbol @event => Parts(@event.Type),
        _ => [],
    };

    private static IEnumerable<INamedTypeSymbol> Constraints(ITypeParameterSymbol parameter) => parameter.ConstraintTypes.SelectMany(Parts);

    // The types that the declarations of a unit name.
    private static IEnumerable<INamedTypeSymbol> Named(INamedTypeSymbol unit) => TypesOf(unit).SelectMany(type =>
        Parts(type.BaseType).Concat(type.Interfaces.SelectMany(Parts)).Concat(type.TypeParameters.SelectMany(Constraints))
            .Concat(type.DelegateInvokeMethod is { } invoke ? InDeclaration(invoke) : [])
            .Concat(type.GetMembers().Where(m => !m.IsImplicitlyDeclared && m is not INamedTypeSymbol).SelectMany(InDeclaration)));

    // A unit's types: its own and the nested ones that belong to it.
    private static IEnumerable<INamedTypeSymbol> TypesOf(INamedTypeSymbol type) =>
        type.GetTypeMembers().Where(nested => !StandsAlone(nested)).SelectMany(TypesOf).Prepend(type);

    // ---- reach

    private ImmutableArray<INamedTypeSymbol> Reached(CancellationToken cancellation)
    {
        if (reached.IsDefault)
        {
            reached = [.. Reach(cancellation)];
        }

        return reached;
    }

    private List<INamedTypeSymbol> Reach(CancellationToken cancellation)
    {
        var reached = new List<INamedTypeSymbol>();
        var names = DeclaredNames.In(compilation.SyntaxTrees.Where(tree => !IsEmitted(tree)));
        var seen = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var pending = new Queue<INamedTypeSymbol>(Marked(cancellation));
        while (pending.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var type = pending.Dequeue();
            if (!seen.Add(type))
            {
                continue;
            }

            reached.Add(type);
            var named = PartsOf(type).SelectMany(NamesOutsideOfNestedTypes).Where(name => names.Contains(name.Identifier.ValueText))
                .Select(SymbolOf).OfType<ISymbol>().SelectMany(NamedBy);
            foreach (var next in named.Concat(Parts(type.BaseType)).Concat(ConstraintsAround(type)).Where(t => !seen.Contains(t) && IsOwn(t) && Has(t)))
            {
                pending.Enqueue(next);
            }
        }

        return reached;
    }

    // What a value of a type parameter has comes from the constraint, which stands with a type around.
    private static IEnumerable<INamedTypeSymbol> ConstraintsAround(INamedTypeSymbol type) => type.ContainingType is { } outer
        ? outer.TypeParameters.SelectMany(Constraints).Concat(ConstraintsAround(outer))
        : [];

    private static IEnumerable<SimpleNameSyntax> NamesOutsideOfNestedTypes(SyntaxNode part) =>
        part.DescendantNodes(node => node == part || node is not BaseTypeDeclarationSyntax).OfType<SimpleNameSyntax>();
}
