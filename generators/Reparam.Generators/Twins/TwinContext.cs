using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;
using Reparam.Generators.Twins.Fusion;

namespace Reparam.Generators.Twins;

/// <summary>What all twins of one compilation share. Lives as long as the compilation and never leaves a transform or an analyzer.</summary>
internal sealed class TwinContext
{
    private static readonly ConditionalWeakTable<Compilation, TwinContext> Contexts = new();

    private readonly ImmutableArray<Idiom> idioms;
    private readonly ConcurrentDictionary<INamedTypeSymbol, FusionFinder> finders = new(SymbolEqualityComparer.Default);

    private TwinContext(Compilation compilation, CounterpartTable table)
    {
        Compilation = compilation;
        Table = table;
        Marked = new MarkedTypes(compilation);
        Types = new TypeMap(compilation, table, Marked);
        Calls = new CallMatcher(compilation, table, Types);
        TrainingObjects = new TrainingObjects(this);
        Twins = new TwinSet(this);
        idioms = table.Idioms;
        ForwardEnds = new ForwardEnds(compilation, FusionsOf);
        Marked.IsAccepted = type => StructureFacts.FoldedOf(type) is null && !TwinShape.Refusals(type, this).Any();
    }

    /// <summary>The compilation of the annotated code, as it is bound.</summary>
    public Compilation Compilation { get; }

    /// <summary>What of TorchSharp the run-time library has.</summary>
    public CounterpartTable Table { get; }

    /// <summary>The marked classes.</summary>
    public MarkedTypes Marked { get; }

    /// <summary>Types to types of the twins.</summary>
    public TypeMap Types { get; }

    /// <summary>Calls to calls of the twins.</summary>
    public CallMatcher Calls { get; }

    /// <summary>What only training needs, and a class keeps nevertheless.</summary>
    public TrainingObjects TrainingObjects { get; }

    /// <summary>The twins that were made.</summary>
    public TwinSet Twins { get; }

    /// <summary>The classes whose last layer can add a value.</summary>
    public ForwardEnds ForwardEnds { get; }

    /// <summary>Finds what the twin of a class runs as fused operations.</summary>
    public FusionFinder FusionsOf(INamedTypeSymbol type) => finders.GetOrAdd(type, t => new FusionFinder(idioms, t));

    /// <summary>The context of a compilation; null when it does not refer to the run-time library: then there are no twins.</summary>
    public static TwinContext? Of(Compilation compilation)
    {
        compilation = BoundCompilation.Of(compilation);
        if (Contexts.TryGetValue(compilation, out var known))
        {
            return known;
        }

        return CounterpartTable.Of(compilation) is { } table
            ? Contexts.GetValue(compilation, c => new TwinContext(c, table))
            : null;
    }

    /// <summary>
    /// The name that a member of a marked class has in the twin: its own, or that of the counterpart which it overrides there. A member that would hide
    /// one of the run-time library's has a name of its own: a class with both <c>forward</c> and <c>Forward</c> has <c>Forward</c> and <c>ForwardOwn</c>.
    /// </summary>
    public string NameInTwin(ISymbol member) =>
        (OverriddenTorchMember(member) ?? ImplementedTorchMember(member)) is { } overridden && Table.Members(overridden).FirstOrDefault() is { } counterpart
            ? counterpart.Name
        : Hides(member) ? member.Name + TwinNames.Own : member.Name;

    // The member of an interface of TorchSharp that a member implements: IModule's call, for one.
    private static ISymbol? ImplementedTorchMember(ISymbol member)
    {
        while (CounterpartTable.Overridden(member) is { } overridden)
        {
            member = overridden;
        }

        return member.IsStatic || member.ContainingType is not { } owner || TypeMap.IsTorch(owner) ? null
            : owner.AllInterfaces.Where(TypeMap.IsTorch).SelectMany(i => i.GetMembers(member.Name))
                .FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(owner.FindImplementationForInterfaceMember(m), member));
    }

    // True if calls of a counterpart of this name could take the user's member instead.
    private bool Hides(ISymbol member)
    {
        if (member is not (IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol { IsIndexer: false }
                or IFieldSymbol { IsImplicitlyDeclared: false })
            || !TypeMap.DerivesFromTorch(member.ContainingType))
        {
            return false;
        }

        var user = member.ContainingType;
        while (!TypeMap.IsTorch(user))
        {
            user = user.BaseType!;
        }

        for (var type = Table.Type(user.OriginalDefinition); type is not null; type = type.BaseType)
        {
            if (type.GetMembers(member.Name).Any(own => Table.IsCounterpart(own) && CanBeTaken(member, own)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool CanBeTaken(ISymbol member, ISymbol counterpart) => member is not IMethodSymbol method || counterpart is not IMethodSymbol own
        || (method.Parameters.Count(p => !p.IsOptional && !p.IsParams) <= own.Parameters.Length
            && (method.Parameters.Length >= own.Parameters.Count(p => !p.IsOptional && !p.IsParams) || method.Parameters.Any(p => p.IsParams)));

    /// <summary>The member of TorchSharp that a member of a marked class overrides, through marked classes between; null if there is none.</summary>
    public ISymbol? OverriddenTorchMember(ISymbol member)
    {
        var overridden = CounterpartTable.Overridden(member);
        while (overridden is not null && !TypeMap.IsTorch(overridden.ContainingType))
        {
            overridden = CounterpartTable.Overridden(overridden);
        }

        return overridden;
    }

    /// <summary>The member of the run-time library that a member of a marked class overrides there; null if there is none that it can override.</summary>
    public ISymbol? OverriddenCounterpart(ISymbol member) => OverriddenTorchMember(member) is not { } overridden ? null
        : Table.Members(overridden).FirstOrDefault(m => (m.IsVirtual || m.IsAbstract || m.IsOverride)
                && CallMatcher.ParametersOf(m).Length == CallMatcher.ParametersOf(member).Length) is { } counterpart
            && counterpart.DeclaredAccessibility == member.DeclaredAccessibility
        ? counterpart
        : null;

    /// <summary>
    /// True for an override of what every module of TorchSharp has and no run-time module does: <c>load</c>, <c>state_dict</c> and the like. The twin is
    /// complete without it.
    /// </summary>
    public bool IsLeftOut(ISymbol member) => OverriddenOfModule(member) is not null && OverriddenCounterpart(member) is null;

    /// <summary>True for an override that only training calls. The twin leaves it out where it cannot take it over.</summary>
    public bool IsForTraining(ISymbol member) => IsLeftOut(member)
        || OverriddenOfModule(member) is { Name: "train" or "zero_grad" or "state_dict" or "load_state_dict" or "load" or "save" or "_to" };

    private ISymbol? OverriddenOfModule(ISymbol member) =>
        OverriddenTorchMember(member) is { } overridden && overridden.ContainingType.MetadataFullName() == MetadataNames.Module ? overridden : null;

    /// <summary>True if the declaration of a marked class's member can be written in the twin.</summary>
    public bool IsDeclarable(ISymbol member) =>
        (member is INamedTypeSymbol || Types.Text(CallMatcher.TypeOf(member)) is not null)
        && CallMatcher.ParametersOf(member).All(p => Types.Text(p.Type) is not null);
}
