using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Finds the counterpart of a call: an overload whose parameters are, by name, a subset of the TorchSharp method's, that has every argument
/// that the call gives, needs no other, and takes the arguments' mapped types.
/// </summary>
internal sealed class CallMatcher(Compilation compilation, CounterpartTable table, TypeMap types)
{
    private static readonly SymbolDisplayFormat Overload = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>The counterpart of a called method, constructor or indexer with its arguments; null if there is none.</summary>
    /// <param name="torchMember">The called member.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="isInitialisation">Says whether the call makes nothing but first values of weights; asked where a counterpart stands for those.</param>
    public ISymbol? Call(ISymbol torchMember, ImmutableArray<IArgumentOperation> arguments, System.Func<bool> isInitialisation) =>
        table.Members(torchMember).FirstOrDefault(
            candidate => Accepts(candidate, torchMember, arguments) && (!table.IsInitialisation(candidate) || isInitialisation()));

    /// <summary>The counterpart of an operator or user-defined conversion, given its operands.</summary>
    public ISymbol? Operator(IMethodSymbol torchOperator, params IOperation[] operands) =>
        table.Members(torchOperator).FirstOrDefault(candidate => candidate is IMethodSymbol method
            && method.Parameters.Length == operands.Length
            && ReturnsAsExpected(method.ReturnType, torchOperator.ReturnType)
            && method.Parameters.Select((p, i) => Takes(p.Type, operands[i])).All(taken => taken));

    /// <summary>The counterpart of a method that is named without being called: it has the same parameters.</summary>
    public ISymbol? Group(IMethodSymbol torchMethod) =>
        table.Members(torchMethod).OfType<IMethodSymbol>().FirstOrDefault(method => method.Arity == torchMethod.Arity && !table.IsInitialisation(method)
            && method.Parameters.Select(p => p.Name).SequenceEqual(torchMethod.Parameters.Select(NameOf)));

    /// <summary>The counterpart of a field, property or event; null if there is none or if its type does not fit.</summary>
    public ISymbol? Value(ISymbol torchMember) =>
        table.Members(torchMember).FirstOrDefault(candidate => ReturnsAsExpected(TypeOf(candidate), TypeOf(torchMember)));

    /// <summary>True if a value of one mapped type converts to another as it does in the user's code, as far as both types are known.</summary>
    public bool Converts(ITypeSymbol from, ITypeSymbol to, bool isImplicit)
    {
        if (types.Symbol(from) is not { } source || types.Symbol(to) is not { } target)
        {
            return true;
        }

        var conversion = compilation.ClassifyConversion(source, target);
        return isImplicit ? conversion.IsImplicit : conversion.Exists;
    }

    /// <summary>True for a span where TorchSharp gives an array: the run-time library lends what TorchSharp copies.</summary>
    public static bool IsSpanForArray(ITypeSymbol counterpart, ITypeSymbol torch) =>
        torch is IArrayTypeSymbol { Rank: 1 } array && ElementOfSpan(counterpart) is { } element
            && SymbolEqualityComparer.Default.Equals(element, array.ElementType);

    /// <summary>The type of what a member gives.</summary>
    public static ITypeSymbol TypeOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.ReturnType,
        IPropertySymbol property => property.Type,
        IFieldSymbol field => field.Type,
        IEventSymbol @event => @event.Type,
        INamedTypeSymbol type => type,
        _ => throw new System.ArgumentException($"A {member.Kind} has no type.", nameof(member)),
    };

    /// <summary>The parameters of a method or indexer.</summary>
    public static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => [],
    };

    /// <summary>
    /// The name of a parameter where the counterpart looks for it: that of the member which has counterparts, whose overrides may use another one.
    /// </summary>
    public string NameOf(IParameterSymbol parameter) =>
        TypeMap.IsTorch(parameter.ContainingType) && table.Known(parameter.ContainingSymbol) is { } known && ParametersOf(known) is var declared
            && parameter.Ordinal < declared.Length
            ? declared[parameter.Ordinal].Name
            : parameter.Name;

    /// <summary>True if the argument is written in the source, not filled in from a default value.</summary>
    public static bool IsGiven(IArgumentOperation argument) => argument.ArgumentKind switch
    {
        ArgumentKind.DefaultValue => false,
        ArgumentKind.ParamArray or ArgumentKind.ParamCollection => Elements(argument).Any(),
        _ => true,
    };

    /// <summary>True if the argument is the constant that the parameter has without it: a counterpart need not have that parameter.</summary>
    public static bool SaysNothing(IArgumentOperation argument)
    {
        if (argument.Parameter is not { HasExplicitDefaultValue: true } parameter)
        {
            return false;
        }

        var value = argument.Value;
        while (value is { ConstantValue.HasValue: false } and IConversionOperation { IsImplicit: true } conversion)
        {
            value = conversion.Operand;
        }

        return value.ConstantValue is { HasValue: true } constant && Equals(constant.Value, parameter.ExplicitDefaultValue);
    }

    /// <summary>
    /// What keeps a call from having a counterpart, to be put behind 'no counterpart': the arguments that do not fit the nearest overload, and that overload;
    /// empty if there is no member of the name.
    /// </summary>
    public string Misfit(ISymbol torchMember, ImmutableArray<IArgumentOperation> arguments)
    {
        var given = arguments.Where(IsGiven).ToArray();
        var nearest = table.Members(torchMember).Where(candidate => !table.IsInitialisation(candidate))
            .Select(candidate => (Candidate: candidate, Misfits: given.Where(argument => !Fits(ParametersOf(candidate), argument)).ToArray()))
            .OrderBy(pair => pair.Misfits.Length).ThenBy(pair => System.Math.Abs(ParametersOf(pair.Candidate).Length - given.Length)).FirstOrDefault();
        if (nearest.Candidate is null)
        {
            return table.Members(torchMember).IsEmpty ? "" : " but for the first values of weights";
        }

        var names = nearest.Misfits.Select(argument => argument.Parameter?.Name).OfType<string>().Distinct().Select(name => $"'{name}'").ToArray();
        var what = names.Length == 0 ? " with these arguments" : $" that takes this {string.Join(" and ", names)}";
        return $"{what} (the nearest is '{nearest.Candidate.ToDisplayString(Overload)}')";
    }

    /// <summary>Element type of a span or read-only span; null for any other type.</summary>
    public static ITypeSymbol? ElementOfSpan(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "Span" or "ReadOnlySpan", Arity: 1 } span
        && span.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true }
            ? span.TypeArguments[0]
            : null;

    private static IEnumerable<IOperation> Elements(IArgumentOperation argument) => argument.Value switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        IConversionOperation { Operand: ICollectionExpressionOperation collection } => collection.Elements,
        _ => [],
    };

    private bool Accepts(ISymbol candidate, ISymbol torchMember, ImmutableArray<IArgumentOperation> arguments)
    {
        if (candidate is IMethodSymbol method && torchMember is IMethodSymbol torchMethod
            && (method.Arity != torchMethod.Arity || !ReturnsAsExpected(method.ReturnType, torchMethod.ReturnType)))
        {
            return false;
        }

        var parameters = ParametersOf(candidate);
        var torchNames = ParametersOf(torchMember).Select(NameOf).ToArray();
        var given = arguments.Where(IsGiven).ToArray();
        return parameters.All(p => torchNames.Contains(p.Name))
            && given.All(argument => Fits(parameters, argument))
            && parameters.All(p => p.IsOptional || p.IsParams || given.Any(argument => IsFor(argument, p)));
    }

    private bool Fits(ImmutableArray<IParameterSymbol> parameters, IArgumentOperation argument) =>
        parameters.FirstOrDefault(p => IsFor(argument, p)) is { } parameter ? Takes(parameter, argument) : SaysNothing(argument);

    private bool IsFor(IArgumentOperation argument, IParameterSymbol parameter) => argument.Parameter is { } given && NameOf(given) == parameter.Name;

    private bool Takes(IParameterSymbol parameter, IArgumentOperation argument)
    {
        if (argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection)
        {
            var element = (parameter.Type as IArrayTypeSymbol)?.ElementType ?? ElementOfSpan(parameter.Type);
            return parameter.IsParams && element is not null && Elements(argument).All(value => Takes(element, value));
        }

        return Takes(parameter.Type, argument.Value);
    }

    private bool Takes(ITypeSymbol parameter, IOperation value)
    {
        // An expression's own type decides, not the type that the TorchSharp overload made of it.
        while (value is IConversionOperation { IsImplicit: true } conversion)
        {
            value = conversion.Operand;
        }

        if (value is ICollectionExpressionOperation collection)
        {
            return ElementOfCollection(parameter) is { } element && collection.Elements.All(e => e is ISpreadOperation || Takes(element, e));
        }

        // No array is an empty span.
        if (value.ConstantValue is { HasValue: true, Value: null } && parameter.IsValueType)
        {
            return parameter.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || ElementOfSpan(parameter) is not null;
        }

        // A constant zero is an element type too, the same one in both worlds.
        if (value.ConstantValue is { HasValue: true, Value: 0 } && IsElementType(parameter))
        {
            return true;
        }

        if (HasTypeParameter(parameter) || value is IAnonymousFunctionOperation or IMethodReferenceOperation or IDefaultValueOperation
            || value.Type is null || types.Nearest(value.Type) is not { } type)
        {
            return true;
        }

        return compilation.ClassifyConversion(type, parameter).IsImplicit;
    }

    private static bool IsElementType(ITypeSymbol type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        ? IsElementType(nullable.TypeArguments[0])
        : type.MetadataFullName() == TwinNames.DType;

    // What a collection expression can make: an array, a span, or a list or its interface with one type argument.
    private static ITypeSymbol? ElementOfCollection(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { IsTupleType: false, Arity: 1, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T } named => named.TypeArguments[0],
        _ => null,
    };

    private bool ReturnsAsExpected(ITypeSymbol counterpart, ITypeSymbol torch)
    {
        if (counterpart.SpecialType == SpecialType.System_Void || torch.SpecialType == SpecialType.System_Void)
        {
            return torch.SpecialType == SpecialType.System_Void;
        }

        return HasTypeParameter(counterpart)
            || IsSpanForArray(counterpart, torch)
            || types.Symbol(torch) is not { } expected
            || compilation.ClassifyConversion(counterpart, expected).IsImplicit;
    }

    private static bool HasTypeParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => HasTypeParameter(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(HasTypeParameter),
        _ => false,
    };
}
