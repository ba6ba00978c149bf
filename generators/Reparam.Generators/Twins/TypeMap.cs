using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Twins;

/// <summary>Types of the user's code to types of the twins: as text for the emitted code, and as symbols for questions about conversions.</summary>
/// <param name="compilation">The compilation of the annotated code.</param>
/// <param name="table">The counterparts.</param>
/// <param name="marked">Which marked classes have a twin.</param>
internal sealed class TypeMap(Compilation compilation, CounterpartTable table, MarkedTypes marked)
{
    private static readonly SymbolDisplayFormat NameOnly = SymbolDisplayFormat.FullyQualifiedFormat
        .WithGenericsOptions(SymbolDisplayGenericsOptions.None)
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers | SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private readonly ConcurrentDictionary<ITypeSymbol, string?> texts = new(SymbolEqualityComparer.IncludeNullability);
    private readonly ConcurrentDictionary<ITypeSymbol, ITypeSymbol?> symbols = new(SymbolEqualityComparer.Default);

    /// <summary>The type as emitted code writes it; null if a part of it cannot be mapped.</summary>
    public string? Text(ITypeSymbol type) => texts.GetOrAdd(type, MakeText);

    /// <summary>
    /// The type as the emitted code will see it; null if it cannot be mapped, or if it contains a twin of this compilation, which is no symbol yet.
    /// </summary>
    public ITypeSymbol? Symbol(ITypeSymbol type) => symbols.GetOrAdd(type, MakeSymbol);

    /// <summary>
    /// As <see cref="Symbol"/>, but a module class of this compilation counts as the nearest base that is a symbol: what takes the base takes its twin too.
    /// </summary>
    public ITypeSymbol? Nearest(ITypeSymbol type)
    {
        if (Symbol(type) is { } known)
        {
            return known;
        }

        switch (type)
        {
            case IArrayTypeSymbol array:
                return Nearest(array.ElementType) is { } element ? compilation.CreateArrayTypeSymbol(element, array.Rank) : null;
            case INamedTypeSymbol { BaseType: { } baseType } when DerivesFromTorch(type):
                return Nearest(baseType);
            case INamedTypeSymbol { IsTupleType: false, TypeArguments.IsEmpty: false } named:
                var arguments = named.TypeArguments.Select(Nearest).OfType<ITypeSymbol>().ToArray();
                return Definition(named) is { } definition && arguments.Length == definition.Arity ? definition.Construct(arguments) : null;
            default:
                return null;
        }
    }

    /// <summary>True if the type is TorchSharp's, or has a type argument or element that is, or derives from one.</summary>
    public static bool Mentions(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Mentions(array.ElementType),
        IPointerTypeSymbol pointer => Mentions(pointer.PointedAtType),
        IFunctionPointerTypeSymbol { Signature: { } signature } => Mentions(signature.ReturnType) || signature.Parameters.Any(p => Mentions(p.Type)),
        INamedTypeSymbol named => IsTorch(named) || DerivesFromTorch(named) || named.TypeArguments.Any(Mentions),
        _ => false,
    };

    /// <summary>True if the type is the same one in the user's code and in the twins.</summary>
    public bool IsTheSame(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.All(IsTheSame),
        IArrayTypeSymbol array => IsTheSame(array.ElementType),
        INamedTypeSymbol named => !IsTorch(named) && !marked.TakesPart(named) && named.TypeArguments.All(IsTheSame),
        _ => true,
    };

    /// <summary>True if a member's type or parameters mention TorchSharp.</summary>
    public static bool InDeclaration(ISymbol member) => member switch
    {
        IMethodSymbol method => Mentions(method.ReturnType) || method.Parameters.Any(p => Mentions(p.Type)),
        IPropertySymbol property => Mentions(property.Type),
        IFieldSymbol field => Mentions(field.Type),
        IEventSymbol @event => Mentions(@event.Type),
        _ => false,
    };

    /// <summary>True if the type is declared by TorchSharp, or by the training library that extends it.</summary>
    public static bool IsTorch(ITypeSymbol? type) => type?.ContainingAssembly?.Name is TwinNames.TorchSharpAssembly or TwinNames.TrainingAssembly;

    /// <summary>True if a base type is declared by TorchSharp.</summary>
    public static bool DerivesFromTorch(ITypeSymbol type)
    {
        for (var b = type.BaseType; b is not null; b = b.BaseType)
        {
            if (IsTorch(b))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDelegateOverTorch(INamedTypeSymbol type) =>
        type.OriginalDefinition.DelegateInvokeMethod is { } invoke && (Mentions(invoke.ReturnType) || invoke.Parameters.Any(p => Mentions(p.Type)));

    private static string Annotated(string text, ITypeSymbol type) =>
        type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated ? text + "?" : text;

    private string? MakeText(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return Text(array.ElementType) is { } element
                    ? Annotated($"{element}[{new string(',', array.Rank - 1)}]", array)
                    : null;
            case IPointerTypeSymbol pointer:
                return Text(pointer.PointedAtType) is { } target ? target + "*" : null;
            case ITypeParameterSymbol parameter:
                return Identifiers.Escape(parameter.Name) + (parameter.NullableAnnotation == NullableAnnotation.Annotated ? "?" : "");
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return TupleText(tuple);
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                return Text(nullable.TypeArguments[0]) is { } value ? value + "?" : null;
            case INamedTypeSymbol named:
                return NamedText(named);
            case IFunctionPointerTypeSymbol when Mentions(type):
                return null;
            default:
                return type.Qualified();
        }
    }

    private string? TupleText(INamedTypeSymbol tuple)
    {
        var elements = tuple.TupleElements
            .Select(e => Text(e.Type) is { } text ? e.IsExplicitlyNamedTupleElement ? $"{text} {Identifiers.Escape(e.Name)}" : text : null).ToArray();
        return elements.Contains(null) ? null : $"({string.Join(", ", elements)})";
    }

    private string? NamedText(INamedTypeSymbol type)
    {
        if (DefinitionText(type) is not { } name)
        {
            return null;
        }

        if (type.TypeArguments.Length == 0)
        {
            return Annotated(name, type);
        }

        if (type.IsUnboundGenericType)
        {
            return $"{name}<{new string(',', type.Arity - 1)}>";
        }

        var arguments = type.TypeArguments.Select(Text).ToArray();
        return arguments.Contains(null) ? null : Annotated($"{name}<{string.Join(", ", arguments)}>", type);
    }

    // The qualified name without type arguments of the type itself.
    private string? DefinitionText(INamedTypeSymbol type)
    {
        if (IsTorch(type))
        {
            return table.Type(type)?.ToDisplayString(NameOnly);
        }

        if (marked.TakesPart(type))
        {
            var shipped = StructureFacts.ShippedAs(type);
            return marked.TakesPart(shipped) && marked.HasTwin(shipped) ? TwinText(shipped) : null;
        }

        if (type.ContainingType is { } outer)
        {
            return Text(outer) is { } outerText ? $"{outerText}.{Identifiers.EscapeType(type.Name)}" : null;
        }

        return DerivesFromTorch(type) || IsDelegateOverTorch(type) ? null : type.ToDisplayString(NameOnly);
    }

    /// <summary>The twin of a type as emitted code writes it, without its type arguments; whether the type is accepted does not matter.</summary>
    public string? TwinText(INamedTypeSymbol type)
    {
        if (!marked.IsOwn(type))
        {
            return marked.TwinSymbol(type)?.ToDisplayString(NameOnly);
        }

        if (type.ContainingType is not { } outer)
        {
            var space = type.ContainingNamespace;
            return (space.IsGlobalNamespace ? "global::" : space.ToDisplayString(NameOnly) + ".") + marked.NameOf(type);
        }

        var container = TakesPart.StandsAlone(type)
            ? (outer.ContainingType is null ? outer.ToDisplayString(NameOnly) : outer.OriginalDefinition.ToDisplayString(NameOnly))
            : marked.TakesPart(outer) ? TwinText(outer) : outer.ToDisplayString(NameOnly);
        if (container is null || outer.TypeArguments.Length == 0)
        {
            return container is null ? null : $"{container}.{marked.NameOf(type)}";
        }

        var arguments = outer.TypeArguments.Select(Text).ToArray();
        return arguments.Contains(null) ? null : $"{container}<{string.Join(", ", arguments)}>.{marked.NameOf(type)}";
    }

    private ITypeSymbol? MakeSymbol(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return Symbol(array.ElementType) is { } element ? compilation.CreateArrayTypeSymbol(element, array.Rank) : null;
            case INamedTypeSymbol { IsTupleType: true } tuple:
                var elements = tuple.TupleElements.Select(e => Symbol(e.Type)).OfType<ITypeSymbol>().ToImmutableArray();
                return elements.Length == tuple.TupleElements.Length ? compilation.CreateTupleTypeSymbol(elements) : null;
            case INamedTypeSymbol named:
                return Construct(named);
            case ITypeParameterSymbol:
                return null;
            default:
                return type;
        }
    }

    private ITypeSymbol? Construct(INamedTypeSymbol type)
    {
        var definition = Definition(type);
        if (definition is null || type.TypeArguments.Length == 0)
        {
            return definition;
        }

        var arguments = type.TypeArguments.Select(Symbol).OfType<ITypeSymbol>().ToArray();
        return arguments.Length == definition.Arity ? definition.Construct(arguments) : null;
    }

    private INamedTypeSymbol? Definition(INamedTypeSymbol type) => IsTorch(type) ? table.Type(type)
        : marked.TakesPart(type) ? marked.TwinSymbol(StructureFacts.ShippedAs(type))
        : DerivesFromTorch(type) ? null
        : type.OriginalDefinition;
}
