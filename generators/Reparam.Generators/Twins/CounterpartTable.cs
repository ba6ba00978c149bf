using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Twins.Fusion;

namespace Reparam.Generators.Twins;

/// <summary>
/// What of TorchSharp the run-time library has: read from the <c>[Counterpart]</c> attributes of its public surface, once for each loaded
/// assembly. Compilations of one session share the symbol of a reference, hence also its table.
/// </summary>
internal sealed class CounterpartTable
{
    private static readonly ConditionalWeakTable<IAssemblySymbol, CounterpartTable> Tables = new();

    private readonly Dictionary<string, INamedTypeSymbol> types = [];
    private readonly Dictionary<(string Type, string Member), ImmutableArray<ISymbol>> members = [];
    private readonly List<Idiom> idioms = [];
    private readonly HashSet<ISymbol> initialisations = new(SymbolEqualityComparer.Default);

    private CounterpartTable(IAssemblySymbol runtime)
    {
        foreach (var type in TypesOf(runtime.GlobalNamespace))
        {
            if (type is { IsStatic: true, DeclaredAccessibility: Accessibility.Public })
            {
                idioms.AddRange(type.GetMembers().OfType<IMethodSymbol>().SelectMany(IdiomsOf));
            }

            if (type.DeclaredAccessibility == Accessibility.Public && NameOf(type) is { } torchType)
            {
                Add(type, torchType);
            }
        }
    }

    /// <summary>The table of the run-time library that a compilation refers to, or null when it refers to none.</summary>
    public static CounterpartTable? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName(TwinNames.Counterpart) is { } attribute
            ? Tables.GetValue(attribute.ContainingAssembly, static runtime => new CounterpartTable(runtime))
            : null;

    /// <summary>The ordinary code that fused operations stand for, the longest first: what takes more of the user's code is tried first.</summary>
    public ImmutableArray<Idiom> Idioms => [.. idioms.OrderByDescending(idiom => idiom.Length)];

    /// <summary>The counterpart of a TorchSharp type, as a definition without type arguments; null if there is none.</summary>
    public INamedTypeSymbol? Type(INamedTypeSymbol torchType) =>
        types.TryGetValue(torchType.MetadataFullName(), out var type) ? type : null;

    /// <summary>Everything that stands for a member of a TorchSharp type, or for the member that it overrides; overloads are not told apart.</summary>
    /// <param name="torchMember">A method, property, field or event.</param>
    public ImmutableArray<ISymbol> Members(ISymbol torchMember) => Known(torchMember) is { } known ? members[Key(known)] : [];

    /// <summary>The member for which there are counterparts: a TorchSharp member or the one that it overrides; null if there is none.</summary>
    /// <param name="torchMember">A method, property, field or event.</param>
    public ISymbol? Known(ISymbol torchMember)
    {
        for (var member = torchMember; member is not null; member = Overridden(member))
        {
            if (members.ContainsKey(Key(member)))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>True for a counterpart that stands for first values of weights alone.</summary>
    public bool IsInitialisation(ISymbol counterpart) => initialisations.Contains(counterpart);

    /// <summary>True for a member of the run-time library that stands for one of TorchSharp.</summary>
    public bool IsCounterpart(ISymbol member) => NameOf(member) is not null;

    /// <summary>The member that this one overrides, or null.</summary>
    public static ISymbol? Overridden(ISymbol member) => member switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        IEventSymbol @event => @event.OverriddenEvent,
        _ => null,
    };

    private static (string Type, string Member) Key(ISymbol member) => (member.ContainingType.MetadataFullName(), member.MetadataName);

    private static string? NameOf(ISymbol symbol) =>
        symbol.Attribute(TwinNames.Counterpart) is { ConstructorArguments.Length: 1 } attribute ? attribute.ConstructorArguments[0].Value as string : null;

    private static IEnumerable<Idiom> IdiomsOf(IMethodSymbol method) => method.GetAttributes()
        .Where(a => a.AttributeClass?.MetadataFullName() == TwinNames.Idiom)
        .Select(a => a.ConstructorArguments.FirstOrDefault().Value).OfType<string>().Select(code => new Idiom(method, code));

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol container)
    {
        foreach (var type in container.GetTypeMembers())
        {
            yield return type;
            foreach (var nested in TypesOf(type))
            {
                yield return nested;
            }
        }

        if (container is INamespaceSymbol space)
        {
            foreach (var type in space.GetNamespaceMembers().SelectMany(TypesOf))
            {
                yield return type;
            }
        }
    }

    private void Add(INamedTypeSymbol type, string torchType)
    {
        // Several static classes may share the functions of one TorchSharp class; only one type can be its counterpart as a type.
        if (!types.ContainsKey(torchType) || types[torchType].IsStatic)
        {
            types[torchType] = type;
        }

        foreach (var member in type.GetMembers())
        {
            if (NameOf(member) is { } name)
            {
                // First values come first: where a call makes only those, nothing need be drawn.
                var key = (torchType, name);
                var overloads = members.TryGetValue(key, out var known) ? known : [];
                if (member.Attribute(TwinNames.Counterpart)!.NamedArguments.Any(a => a is { Key: TwinNames.IsInitialisation, Value.Value: true }))
                {
                    initialisations.Add(member);
                    members[key] = overloads.Insert(0, member);
                }
                else
                {
                    members[key] = overloads.Add(member);
                }
            }
        }
    }
}
