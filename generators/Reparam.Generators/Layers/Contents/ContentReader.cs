using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers.Contents;

/// <summary>
/// Reads what modules a class holds, wherever they come from: factories, constructors, choices, locals, collections, loops, lambdas, and helper methods with
/// source. The order of statements counts only where a container is made and filled in one straight line. What cannot be followed is unknown, never nothing.
/// </summary>
internal sealed partial class ContentReader
{
    // A chain of helpers, locals and members that is longer than this is unknown.
    private const int MaxDepth = 40;

    private readonly Compilation compilation;
    private readonly CancellationToken token;
    private readonly Dictionary<INamedTypeSymbol, SourceChanges> sources = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> active = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, ModuleContent> insides = new(SymbolEqualityComparer.Default);

    // Values of the parameters of the methods and constructors that are being followed.
    private readonly Dictionary<ISymbol, HeldValue> bound = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, IOperation> delegates = new(SymbolEqualityComparer.Default);
    private INamedTypeSymbol? current;
    private int depth;

    /// <summary>A reader of one compilation.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="token">Stops the work.</param>
    public ContentReader(Compilation compilation, CancellationToken token)
    {
        this.compilation = compilation;
        this.token = token;
    }

    /// <summary>What an object of a class has below it; its parts have the names of the state dict.</summary>
    /// <param name="type">A module class.</param>
    public ModuleContent InsideOf(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (!insides.TryGetValue(type, out var inside))
        {
            if (!active.Add(type))
            {
                return ModuleContent.Unknown();
            }

            var outer = current;
            current = type;
            insides[type] = inside = ReadInside(type);
            current = outer;
            active.Remove(type);
        }

        return inside;
    }

    /// <summary>The members of a class that TorchSharp registers, with their names in the state dict.</summary>
    /// <param name="type">A module class with source.</param>
    public static IEnumerable<(string Name, ISymbol Member, ITypeSymbol Type)> MembersOf(INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers().Where(m => !m.IsStatic))
        {
            switch (member)
            {
                case IPropertySymbol { IsPartialDefinition: true, IsIndexer: false } property when ContentTypes.MayHoldModules(property.Type):
                    yield return (ModuleParser.StateName(property), property, property.Type);
                    break;

                // What is emitted behind a partial property has that property's name.
                case IFieldSymbol field when ContentTypes.MayHoldModules(field.Type) && !GeneratedCode.IsEmitted(field):
                    var property2 = field.AssociatedSymbol as IPropertySymbol;
                    if (property2 is not { IsPartialDefinition: true } && field.AssociatedSymbol is not IEventSymbol)
                    {
                        yield return (property2 is null ? ModuleParser.StateName(field) : field.Name, (ISymbol?)property2 ?? field, field.Type);
                    }

                    break;
            }
        }
    }

    /// <summary>What a member of the class that is read, or of one of its bases, may hold.</summary>
    /// <param name="member">A property or field.</param>
    /// <param name="type">Its type.</param>
    public HeldValue OfVariable(ISymbol member, ITypeSymbol type)
    {
        var key = member.OriginalDefinition;
        if (!active.Add(key))
        {
            // A value that is made of itself adds nothing to itself.
            return new HeldValue { IsContainer = ContentTypes.IsContainer(type), Unnamed = ContentTypes.UnnamedOf(type) };
        }

        var value = FromChanges(key, type, ChangesOf(key));
        active.Remove(key);
        return value;
    }

    /// <summary>
    /// What an object of a class has below it, by the member that holds it: the class's own members, those of its bases, and what is registered by a call or
    /// held by a container that the class derives from, which no member tells.
    /// </summary>
    /// <param name="type">A module class.</param>
    public IEnumerable<ContentPlace> PlacesOf(INamedTypeSymbol type)
    {
        var outer = current;
        current = type;
        foreach (var place in ReadPlaces(type))
        {
            yield return place;
        }

        current = outer;
    }

    private IEnumerable<ContentPlace> ReadPlaces(INamedTypeSymbol type)
    {
        if (ContentTypes.IsContainer(type))
        {
            foreach (var (name, part) in OfOwnContainer(type).AsModule().Parts)
            {
                yield return new ContentPlace(name, null, type, part);
            }
        }

        for (var owner = type; owner is not null && !ContentTypes.SaysNothing(owner); owner = owner.BaseType)
        {
            token.ThrowIfCancellationRequested();
            if (owner.DeclaringSyntaxReferences.Length == 0)
            {
                if (!ContentTypes.IsContainer(owner))
                {
                    yield return new ContentPlace("", null, owner, ModuleContent.Unknown());
                }

                break;
            }

            if (OwnWeight.Of(owner, compilation, token) is { } weight)
            {
                yield return new ContentPlace("", weight, owner, new ModuleContent { OwnKinds = { LayerKind.Linear } });
            }

            foreach (var (name, member, memberType) in MembersOf(owner))
            {
                var value = OfVariable(member, memberType);

                // An array or a list of the framework is no part of the module.
                if (memberType.IsModuleOrInterface())
                {
                    yield return new ContentPlace(name, member, owner, value.AsModule());
                }
            }

            foreach (var change in SourceOf(owner).Of(owner).Where(c => c.Kind == SourceChangeKind.Registered))
            {
                var content = Of(change.Model.GetOperation(change.Value!, token)).AsModule();
                yield return new ContentPlace(NameOf(change), null, owner, content);
            }
        }
    }

    private ModuleContent ReadInside(INamedTypeSymbol type)
    {
        var inside = new ModuleContent();
        foreach (var place in ReadPlaces(type))
        {
            (place.Name.Length == 0 ? inside : inside.Part(place.Name)).Or(place.Content);
        }

        return inside;
    }

    // A class that derives from a container: what it hands to its base, and what it appends to itself.
    private HeldValue OfOwnContainer(INamedTypeSymbol type)
    {
        var value = new HeldValue { IsContainer = true, Unnamed = ContentTypes.UnnamedOf(type) };
        for (var owner = type; owner is { DeclaringSyntaxReferences.Length: > 0 }; owner = owner.BaseType)
        {
            var changes = SourceOf(owner).Of(owner);
            var given = changes.Where(c => c.Kind == SourceChangeKind.GivenToBase).ToArray();
            if (owner.BaseType is { DeclaringSyntaxReferences.Length: > 0 } && given.Length > 0)
            {
                BindBase(given);
            }
            else
            {
                foreach (var change in given)
                {
                    AppendArgument(value, change.Model.GetOperation(change.Value!, token), ParameterOf(change));
                }
            }

            var added = changes.Where(c => c.Kind is SourceChangeKind.Added or SourceChangeKind.AddedAll).ToArray();
            var isStraight = added.Select(c => BlockOf(c.Place)).Distinct().Count() == 1 && given.Select(c => c.Place).Distinct().Count() < 2;
            Apply(value, type, added, _ => isStraight);
        }

        return value;
    }

    private HeldValue FromChanges(ISymbol variable, ITypeSymbol type, IReadOnlyList<SourceChange> changes)
    {
        if (LoopSource(variable) is { } collection)
        {
            return HeldValue.Of(Of(collection).AnyElement());
        }

        var assigned = changes.Where(c => c.Kind == SourceChangeKind.Assigned).ToArray();
        var others = changes.Where(c => c.Kind is not SourceChangeKind.Assigned).ToArray();
        var value = HeldValue.AnyOf(assigned.Select(c => Of(c.Model.GetOperation(c.Value!, token))));
        if (assigned.Length == 0)
        {
            if (others.Length == 0 || variable is IParameterSymbol)
            {
                return variable is IParameterSymbol && others.Length > 0 ? Applied(HeldValue.AnyOf([ByType(type)])) : ByType(type);
            }

            value.IsContainer = ContentTypes.IsContainer(type);
            value.Unnamed = ContentTypes.UnnamedOf(type);
        }

        return Applied(value);

        HeldValue Applied(HeldValue to)
        {
            var block = assigned.Length == 1 ? BlockOf(assigned[0].Place) : null;
            Apply(to, type, others, c => block is not null && BlockOf(c.Place) == block);
            return to;
        }
    }

    // What is done with a container or collection after it was made.
    private void Apply(HeldValue value, ITypeSymbol type, IReadOnlyList<SourceChange> changes, Func<SourceChange, bool> isStraight)
    {
        foreach (var change in changes)
        {
            token.ThrowIfCancellationRequested();
            if (change.Kind == SourceChangeKind.HandedOn)
            {
                ApplyHandedOn(value, type, change);
                continue;
            }

            var operation = change.Model.GetOperation(change.Value!, token);
            var (given, before) = (Of(operation), value.Elements.Count);
            switch (change.Kind)
            {
                case SourceChangeKind.Added:
                    value.Append(given, change.Name is null ? null : NameOf(change), Making(operation));
                    break;
                case SourceChangeKind.AddedAll:
                    value.AppendAll(given);
                    break;
                case SourceChangeKind.Put:
                    var hasName = change.Name is not null && change.Model.GetTypeInfo(change.Name, token).Type?.SpecialType == SpecialType.System_String;
                    value.Append(given, hasName ? NameOf(change) : null);
                    value.Loose();
                    break;
                case SourceChangeKind.Registered:
                    value.Register(NameOf(change), given.AsModule());
                    break;
            }

            if (change.Kind is SourceChangeKind.Added or SourceChangeKind.AddedAll && !isStraight(change))
            {
                value.LooseFrom(before);
            }
        }
    }

    // A helper that is given the container may fill it.
    private void ApplyHandedOn(HeldValue value, ITypeSymbol type, SourceChange change)
    {
        var argument = change.Model.GetOperation(change.Place, token) as IArgumentOperation;
        var (method, arguments) = argument?.Parent switch
        {
            IInvocationOperation call => (call.TargetMethod, call.Arguments),
            IObjectCreationOperation { Constructor: { } constructor } creation => (constructor, creation.Arguments),
            _ => (null, []),
        };
        if (method is null || argument?.Parameter is not { } parameter || method.ContainingAssembly is null)
        {
            return;
        }

        if (!HasSource(method))
        {
            if (!ContentTypes.IsOfTorchSharp(method.ContainingType) && !IsOfFramework(method))
            {
                value.Append(HeldValue.Unknown());
                value.Loose();
            }

            return;
        }

        var filled = SourceOf(method.ContainingType).Of(parameter.OriginalDefinition)
            .Where(c => c.Kind is not (SourceChangeKind.Assigned or SourceChangeKind.HandedOn)).ToArray();
        if (filled.Length > 0 && active.Add(method.OriginalDefinition))
        {
            WithArguments(arguments, () => Apply(value, type, filled, _ => false));
            value.Loose();
            active.Remove(method.OriginalDefinition);
        }
    }

    private SourceChanges SourceOf(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (!sources.TryGetValue(type, out var source))
        {
            sources[type] = source = new SourceChanges(type, compilation, token);
        }

        return source;
    }

    // A base's member may be filled by the class that is read.
    private IReadOnlyList<SourceChange> ChangesOf(ISymbol variable)
    {
        if (variable is ILocalSymbol or IParameterSymbol || current is null)
        {
            return variable.ContainingType is { } container ? SourceOf(container).Of(variable) : [];
        }

        var all = new List<SourceChange>();
        for (var owner = current; owner is { DeclaringSyntaxReferences.Length: > 0 }; owner = owner.BaseType)
        {
            all.InsertRange(0, SourceOf(owner).Of(variable));
            if (SymbolEqualityComparer.Default.Equals(owner.OriginalDefinition, variable.ContainingType?.OriginalDefinition))
            {
                return all;
            }
        }

        return variable.ContainingType is { } other ? SourceOf(other).Of(variable) : [];
    }

    // The collection over which a loop variable runs; null for another variable.
    private IOperation? LoopSource(ISymbol variable)
    {
        if (variable is not ILocalSymbol || variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(token) is not { } declaration)
        {
            return null;
        }

        var loop = declaration as CommonForEachStatementSyntax
            ?? (declaration is SingleVariableDesignationSyntax ? declaration.Ancestors().OfType<ForEachVariableStatementSyntax>().FirstOrDefault() : null);
        return loop is ForEachVariableStatementSyntax designated && !designated.Variable.Span.Contains(declaration.Span) ? null
            : loop is null ? null
            : compilation.ModelOf(loop.SyntaxTree).GetOperation(loop.Expression, token);
    }

    private string NameOf(SourceChange change) =>
        change.Name is { } name && change.Model.GetConstantValue(name, token) is { HasValue: true, Value: string constant }
            ? constant
            : ModuleContent.AnyName;

    private static IParameterSymbol? ParameterOf(SourceChange change) =>
        (change.Value!.Parent is ArgumentSyntax argument ? change.Model.GetOperation(argument) as IArgumentOperation : null)?.Parameter;

    private void BindBase(IEnumerable<SourceChange> given)
    {
        foreach (var change in given)
        {
            if (ParameterOf(change) is { } parameter && ContentTypes.MayHoldModules(parameter.Type))
            {
                bound[parameter.OriginalDefinition] = Of(change.Model.GetOperation(change.Value!, token));
            }
        }
    }

    // The block in which a statement stands; the class for an initializer.
    private static SyntaxNode? BlockOf(SyntaxNode place)
    {
        var node = place;
        while (node is not null and not (StatementSyntax or ArrowExpressionClauseSyntax or MemberDeclarationSyntax or LambdaExpressionSyntax))
        {
            node = node.Parent;
        }

        return node?.Parent;
    }

    private static bool HasSource(IMethodSymbol method) => method.OriginalDefinition.DeclaringSyntaxReferences.Length > 0;

    private static bool IsOfFramework(IMethodSymbol method) =>
        method.ContainingNamespace?.ToDisplayString() is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));
}
