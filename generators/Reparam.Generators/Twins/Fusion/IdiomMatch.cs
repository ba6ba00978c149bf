using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>One attempt to find an idiom in bound code.</summary>
/// <param name="idiom">The idiom.</param>
/// <param name="steady">Tells values that are the same whenever they are read within one statement's evaluation.</param>
internal sealed class IdiomMatch(Idiom idiom, Func<IOperation, bool> steady)
{
    private readonly Dictionary<string, IOperation> bound = [];
    private readonly List<string> order = [];
    private readonly Dictionary<string, ILocalSymbol> locals = [];
    private bool hasRun;

    /// <summary>The arguments in the order of evaluation; null if the code has another form, or the fused call could be told from it.</summary>
    public Fusion? Expression(IOperation value) => idiom.Expression is { } code && Matches(code, value) ? Result() : null;

    /// <summary>The same for the statements of a method.</summary>
    public Fusion? Body(ImmutableArray<IOperation> statements)
    {
        var own = statements.Where(s => !s.IsImplicit || s is IReturnOperation).ToArray();
        return own.Length == idiom.Statements.Count && idiom.Statements.Zip(own, Statement).All(matches => matches) ? Result() : null;
    }

    private Fusion? Result()
    {
        if (!idiom.Operation.Parameters.All(p => p.IsOptional || bound.ContainsKey(p.Name)))
        {
            return null;
        }

        // Values that do not change may stand in the order of the parameters.
        var names = bound.Values.All(steady) ? idiom.Operation.Parameters.Select(p => p.Name).Where(bound.ContainsKey) : order;
        return new Fusion(idiom.Operation, [.. names.Select(name => (name, bound[name].Syntax))]);
    }

    private bool Statement(StatementSyntax code, IOperation statement) => (code, statement) switch
    {
        (ReturnStatementSyntax { Expression: { } value }, IReturnOperation { ReturnedValue: { } returned }) => Matches(value, returned),
        (ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: DeclarationExpressionSyntax names } assignment },
            IExpressionStatementOperation { Operation: IDeconstructionAssignmentOperation deconstruction })
            => Deconstruction((ParenthesizedVariableDesignationSyntax)names.Designation, assignment.Right, deconstruction),
        (ExpressionStatementSyntax { Expression: { } value }, IExpressionStatementOperation expression) => Matches(value, expression.Operation),
        (LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables },
            IVariableDeclarationGroupOperation { Declarations: { Length: 1 } declarations }) when declarations[0].Declarators is { Length: 1 } declarators
            && (declarators[0].Initializer ?? declarations[0].Initializer) is { } initializer => Matches(variables[0].Initializer!.Value, initializer.Value)
                && Local(variables[0].Identifier.Text, declarators[0].Symbol),
        _ => false,
    };

    // var (a, b) = (…, …);
    private bool Deconstruction(ParenthesizedVariableDesignationSyntax names, ExpressionSyntax code, IDeconstructionAssignmentOperation deconstruction)
    {
        var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        return target is ITupleOperation { Elements: var elements } && elements.Length == names.Variables.Count
            && elements.All(e => e is ILocalReferenceOperation) && Matches(code, deconstruction.Value)
            && names.Variables.OfType<SingleVariableDesignationSyntax>()
                .Zip(elements.OfType<ILocalReferenceOperation>(), (name, element) => Local(name.Identifier.Text, element.Local)).All(taken => taken);
    }

    private bool Local(string name, ILocalSymbol symbol)
    {
        locals.Add(name, symbol);
        return true;
    }

    private bool Matches(ExpressionSyntax code, IOperation value)
    {
        value = Stripped(value);
        switch (code)
        {
            case ParenthesizedExpressionSyntax inner:
                return Matches(inner.Expression, value);
            case IdentifierNameSyntax name when locals.TryGetValue(name.Identifier.Text, out var local):
                return value is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local);
            case IdentifierNameSyntax name when idiom.Parameter(name.Identifier.Text) is { } parameter:
                return Bind(parameter, value);
            case LiteralExpressionSyntax { Token.Value: { } constant }:
                return value.ConstantValue is { HasValue: true, Value: { } number } && AreEqual(constant, number);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression, Operand: LiteralExpressionSyntax { Token.Value: { } constant } }:
                return value.ConstantValue is { HasValue: true, Value: { } found }
                    && AreEqual(-Convert.ToDouble(constant, CultureInfo.InvariantCulture), found);
            case MemberAccessExpressionSyntax { Expression: PredefinedTypeSyntax, Name.Identifier.Text: "NegativeInfinity" }:
                return value.ConstantValue is { HasValue: true, Value: float.NegativeInfinity or double.NegativeInfinity };
            case BinaryExpressionSyntax binary:
                return value is IBinaryOperation { IsLifted: false } operation && Symbol(operation.OperatorKind) == binary.OperatorToken.Text
                    && Matches(binary.Left, operation.LeftOperand) && Matches(binary.Right, operation.RightOperand) && Ran();
            case CollectionExpressionSyntax collection:
                return Elements(value) is { } elements && elements.Length == collection.Elements.Count
                    && collection.Elements.Zip(elements, (e, v) => Matches(((ExpressionElementSyntax)e).Expression, v)).All(m => m);
            case TupleExpressionSyntax tuple:
                return value is ITupleOperation { Elements: var parts } && parts.Length == tuple.Arguments.Count
                    && tuple.Arguments.Zip(parts, (a, v) => Matches(a.Expression, v)).All(m => m);
            case ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } indices } access:
                return value is IArrayElementReferenceOperation { Indices: { Length: 1 } at } element
                    && Matches(access.Expression, element.ArrayReference) && Matches(indices[0].Expression, at[0]);
            case MemberAccessExpressionSyntax access:
                return value is IPropertyReferenceOperation { Instance: { } owner } property && TypeMap.IsTorch(property.Property.ContainingType)
                    && property.Property.Name == access.Name.Identifier.Text && Matches(access.Expression, owner);
            case InvocationExpressionSyntax call:
                return value is IInvocationOperation invocation && Call(call, invocation) && Ran();
            default:
                return false;
        }
    }

    // x.f(a), f(x, a) and functional.f(x, a) are one call.
    private bool Call(InvocationExpressionSyntax code, IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var (receiver, name) = code.Expression switch
        {
            MemberAccessExpressionSyntax access => (access.Expression, access.Name.Identifier.Text),
            IdentifierNameSyntax identifier => (null, identifier.Identifier.Text),
            _ => (null, ""),
        };
        if (receiver is IdentifierNameSyntax { Identifier.Text: "Math" })
        {
            return method.Name == name && method.ContainingType.MetadataFullName() == "System.Math"
                && Arguments(code.ArgumentList.Arguments, [.. call.Arguments.Where(CallMatcher.IsGiven)]);
        }

        if ((method.Name != name && !IsForward(name, call)) || !TypeMap.IsTorch(method.ContainingType))
        {
            return false;
        }

        var given = call.Arguments.Where(CallMatcher.IsGiven).ToList();
        var expected = code.ArgumentList.Arguments.ToList();
        var first = receiver;
        if (first is null && expected.Count > 0 && expected[0].Expression is not CollectionExpressionSyntax && IsTensor(call, given))
        {
            first = expected[0].Expression;
            expected.RemoveAt(0);
        }

        if (first is null)
        {
            return call.Instance is null && Arguments(expected, given);
        }

        if (call.Instance is { } instance)
        {
            return Matches(first, instance) && Arguments(expected, given);
        }

        if (given.Count == 0 || !given[0].Value.Type.IsOrDerivesFrom(MetadataNames.Tensor))
        {
            return false;
        }

        var tensor = given[0].Value;
        given.RemoveAt(0);
        return Matches(first, tensor) && Arguments(expected, given);
    }

    // At run time a layer's call is its forward: there are no hooks.
    private static bool IsForward(string name, IInvocationOperation call) =>
        name == "call" && call is { TargetMethod.Name: "forward", Instance: { } layer } && IsLayer(layer.Type);

    private static bool IsTensor(IInvocationOperation call, List<IArgumentOperation> given) =>
        (call.Instance ?? given.FirstOrDefault()?.Value)?.Type.IsOrDerivesFrom(MetadataNames.Tensor) == true;

    private bool Arguments(IReadOnlyList<ArgumentSyntax> code, IReadOnlyList<IArgumentOperation> given)
    {
        var values = given.SelectMany(a => Values(a).Select(v => (a, v))).ToList();
        if (values.Count != code.Count)
        {
            return false;
        }

        foreach (var argument in code)
        {
            var at = argument.NameColon is { Name.Identifier.Text: var name } ? values.FindIndex(v => v.a.Parameter?.Name == name) : 0;
            if (at < 0 || !Matches(argument.Expression, values[at].Item2))
            {
                return false;
            }

            values.RemoveAt(at);
        }

        return true;
    }

    private static IOperation[] Values(IArgumentOperation argument) =>
        argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection ? Elements(argument.Value) ?? [] : [argument.Value];

    // A value is evaluated once by the fused call. Where the user's code evaluates it again, or only after an operation has run, it must be one that does
    // not change.
    private bool Bind(IParameterSymbol parameter, IOperation value)
    {
        if (bound.TryGetValue(parameter.Name, out var known))
        {
            return steady(known) && AreSame(known, value);
        }

        if (!Fits(parameter.Type, value) || (hasRun && !steady(value)))
        {
            return false;
        }

        bound.Add(parameter.Name, value);
        order.Add(parameter.Name);
        return true;
    }

    private bool Ran()
    {
        hasRun = true;
        return true;
    }

    private static bool Fits(ITypeSymbol parameter, IOperation value) => parameter.Name switch
    {
        "Tensor" => value.Type.IsOrDerivesFrom(MetadataNames.Tensor),
        "Module" => IsLayer(value.Type) || IsConvolution(value.Type) || IsBatchNorm(value.Type),
        "BatchNorm" => IsBatchNorm(value.Type),
        _ => parameter.SpecialType != SpecialType.None
            && value.Type is { SpecialType: not (SpecialType.None or SpecialType.System_Boolean or SpecialType.System_String) },
    };

    /// <summary>True for a module that may be a linear layer, by its type.</summary>
    public static bool IsLayer(ITypeSymbol? type) => type?.MetadataFullName() == MetadataNames.Linear
        || (type is INamedTypeSymbol { TypeArguments: { Length: 2 } arguments } && type.MetadataFullName() == MetadataNames.Module + "`2"
            && arguments.All(a => a.MetadataFullName() == MetadataNames.Tensor));

    private static bool IsConvolution(ITypeSymbol? type) =>
        type?.MetadataFullName() is MetadataNames.Conv1d or MetadataNames.Conv2d or "TorchSharp.Modules.Conv3d";

    private static bool IsBatchNorm(ITypeSymbol? type) =>
        type?.MetadataFullName() is "TorchSharp.Modules.BatchNorm1d" or "TorchSharp.Modules.BatchNorm2d" or "TorchSharp.Modules.BatchNorm3d";

    /// <summary>True if both read the same local, parameter, member or constant.</summary>
    public static bool AreSame(IOperation left, IOperation right)
    {
        (left, right) = (Stripped(left), Stripped(right));
        return (left, right) switch
        {
            (ILocalReferenceOperation a, ILocalReferenceOperation b) => SymbolEqualityComparer.Default.Equals(a.Local, b.Local),
            (IParameterReferenceOperation a, IParameterReferenceOperation b) => SymbolEqualityComparer.Default.Equals(a.Parameter, b.Parameter),
            (IMemberReferenceOperation { Instance: IInstanceReferenceOperation } a, IMemberReferenceOperation { Instance: IInstanceReferenceOperation } b) =>
                SymbolEqualityComparer.Default.Equals(a.Member, b.Member),
            (IArrayElementReferenceOperation { Indices: { Length: 1 } i } a, IArrayElementReferenceOperation { Indices: { Length: 1 } j } b) =>
                AreSame(a.ArrayReference, b.ArrayReference) && AreSame(i[0], j[0]),
            _ => left.ConstantValue is { HasValue: true, Value: var x } && right.ConstantValue is { HasValue: true, Value: var y } && Equals(x, y),
        };
    }

    private static IOperation Stripped(IOperation value)
    {
        while (true)
        {
            switch (value)
            {
                case IConversionOperation { IsImplicit: true } conversion:
                    value = conversion.Operand;
                    break;
                case IParenthesizedOperation inner:
                    value = inner.Operand;
                    break;
                default:
                    return value;
            }
        }
    }

    private static IOperation[]? Elements(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value switch
        {
            IArrayCreationOperation { Initializer: { } initializer } => [.. initializer.ElementValues],
            ICollectionExpressionOperation collection when collection.Elements.All(e => e is not ISpreadOperation) => [.. collection.Elements],
            _ => null,
        };
    }

    private static bool AreEqual(object expected, object found) => expected is bool || found is bool || expected is string || found is string
        ? Equals(expected, found)
        : found is IConvertible && Convert.ToDouble(expected, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(found, CultureInfo.InvariantCulture));

    private static string Symbol(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "+",
        BinaryOperatorKind.Subtract => "-",
        BinaryOperatorKind.Multiply => "*",
        BinaryOperatorKind.Divide => "/",
        _ => "",
    };
}
