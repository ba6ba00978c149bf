using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Flow;

/// <summary>Expressions.</summary>
internal sealed partial class ForwardFlow
{
    private static readonly HashSet<string> PassThroughs = new(["dropout", "dropout1d", "dropout2d", "alpha_dropout", "contiguous", "detach", "alias"]);

    private static readonly HashSet<string> Activations = new(
        ["relu", "relu6", "silu", "gelu", "sigmoid", "tanh", "elu", "leaky_relu", "mish", "softplus", "hardswish", "hardsigmoid", "celu", "selu"]);

    private readonly Stack<FlowValue> conditionalReceivers = new();

    // Evaluates what no edge tells of.
    private void Discard(IOperation operation)
    {
        IEnumerable<IOperation> evaluated = operation is IThrowOperation ? operation.ChildOperations : [operation];
        foreach (var child in evaluated)
        {
            Use(Evaluate(child), FlowUse.Else);
        }
    }

    private FlowValue Evaluate(IOperation operation)
    {
        if (++operations > MaxOperations)
        {
            foreach (var component in components.All)
            {
                component.Doubt("the forward is too long to be followed");
            }

            return FlowValue.Unknown;
        }

        switch (operation)
        {
            case IConversionOperation conversion:
                return Evaluate(conversion.Operand);
            case IParenthesizedOperation inner:
                return Evaluate(inner.Operand);
            case ILocalReferenceOperation local:
                return locals.TryGetValue(local.Local, out var known) ? known : FlowValue.Unknown;
            case IParameterReferenceOperation parameter:
                return locals.TryGetValue(parameter.Parameter, out var given) ? given : FlowValue.Unknown;
            case IConditionalAccessInstanceOperation:
                return conditionalReceivers.Count > 0 ? conditionalReceivers.Peek() : FlowValue.Unknown;
            case IConditionalAccessOperation access:
                conditionalReceivers.Push(Evaluate(access.Operation));
                var found = Evaluate(access.WhenNotNull);
                conditionalReceivers.Pop();
                return new FlowValue.Choice([found]);
            case ICoalesceOperation coalesce:
                return Either([Evaluate(coalesce.Value), Evaluate(coalesce.WhenNull)]);
            case IConditionalOperation { WhenFalse: { } other } choice:
                Discard(choice.Condition);
                if (WhenPresent(choice) is { } present)
                {
                    return Evaluate(present);
                }

                return Either([Evaluate(choice.WhenTrue), Evaluate(other)]);
            case ISwitchExpressionOperation choice:
                Discard(choice.Value);
                return Either([.. choice.Arms.Select(arm => Evaluate(arm.Value))]);
            case ITupleOperation tuple:
                return new FlowValue.Elements([.. tuple.Elements.Select(Evaluate)]);
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, Evaluate(assignment.Value));
            case ICoalesceAssignmentOperation assignment:
                return Assign(assignment.Target, Either([Evaluate(assignment.Target), Evaluate(assignment.Value)]));
            case IDeconstructionAssignmentOperation assignment:
                var value = Evaluate(assignment.Value);
                Deconstruct(assignment.Target, value);
                return value;
            case ICompoundAssignmentOperation compound:
                var (before, operand) = (Evaluate(compound.Target), Evaluate(compound.Value));
                return Assign(compound.Target, Combine(compound.OperatorKind, before, operand, compound.Target.Type, compound.Value.Type));
            case IBinaryOperation binary:
                var (left, right) = (Evaluate(binary.LeftOperand), Evaluate(binary.RightOperand));
                return Combine(binary.OperatorKind, left, right, binary.LeftOperand.Type, binary.RightOperand.Type);
            case IPropertyReferenceOperation property:
                return Member(property, property.Property, property.Instance, property.Arguments);
            case IFieldReferenceOperation field:
                return Member(field, field.Field, field.Instance, []);
            case IInvocationOperation invocation:
                return Invoke(invocation);
            case IIsPatternOperation { Pattern: var pattern } test when pattern.DescendantsAndSelf().Any(IsNaming):
                Discard(test.Value);
                return FlowValue.Unknown;
            case IIsPatternOperation or IIsTypeOperation or INameOfOperation or ISizeOfOperation or ITypeOfOperation:
                Look(operation);
                return FlowValue.Unknown;
            case IAnonymousFunctionOperation lambda:
                Capture(lambda.Body, "a lambda uses it");
                return FlowValue.Unknown;
            case IMethodReferenceOperation reference:
                if (reference.Instance is { } bound and not IInstanceReferenceOperation)
                {
                    Use(Evaluate(bound), FlowUse.Else);
                }

                if (BodyOf(reference.Method) is { } body)
                {
                    Capture(body, "a method that is handed on uses it");
                }

                return FlowValue.Unknown;
            default:
                foreach (var child in operation.ChildOperations)
                {
                    Discard(child);
                }

                return FlowValue.Unknown;
        }
    }

    private static FlowValue Either(FlowValue[] values)
    {
        var distinct = values.Distinct().ToArray();
        return distinct.Length == 1 ? distinct[0] : new FlowValue.Choice(distinct);
    }

    // What the pattern tests has a further name behind it.
    private static bool IsNaming(IOperation pattern) => pattern is
        IDeclarationPatternOperation { DeclaredSymbol: not null } or IRecursivePatternOperation { DeclaredSymbol: not null }
        or IListPatternOperation { DeclaredSymbol: not null };

    // Whether it is null, or of a type, says nothing about the flow of its values.
    private void Look(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            Evaluate(child);
        }
    }

    // What runs elsewhere, nobody knows how often: methods that it calls included.
    private void Capture(IOperation body, string doubt) => Capture(body, doubt, new HashSet<ISymbol>(SymbolEqualityComparer.Default));

    private void Capture(IOperation body, string doubt, HashSet<ISymbol> captured)
    {
        foreach (var reference in body.DescendantsAndSelf())
        {
            var called = reference switch
            {
                IInvocationOperation call => call.TargetMethod.OriginalDefinition,
                IMethodReferenceOperation method => method.Method.OriginalDefinition,
                _ => null,
            };
            if (called is not null && captured.Add(called) && BodyOf(called) is { } inner)
            {
                Capture(inner, doubt, captured);
            }

            switch (reference)
            {
                case IMemberReferenceOperation member when components.Of(member.Member) is { } component:
                    component.Doubt(doubt);
                    break;
                case ILocalReferenceOperation local when locals.TryGetValue(local.Local, out var value):
                    Use(value, FlowUse.Else);
                    break;
                case IParameterReferenceOperation parameter when locals.TryGetValue(parameter.Parameter, out var value):
                    Use(value, FlowUse.Else);
                    break;
            }
        }
    }

    private FlowValue Assign(IOperation target, FlowValue value)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                locals[local.Local] = value;
                break;
            case IParameterReferenceOperation parameter:
                locals[parameter.Parameter] = value;
                break;
            case IDiscardOperation:
                break;
            default:
                // A component that is replaced while forward runs is another one afterwards.
                if (target is IMemberReferenceOperation member && components.Of(member.Member) is { } component)
                {
                    component.Doubt("forward assigns it");
                }

                Use(value, FlowUse.Else);
                break;
        }

        return value;
    }

    private void Deconstruct(IOperation target, FlowValue value)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                Deconstruct(declaration.Expression, value);
                break;
            case ITupleOperation tuple when value is FlowValue.Elements { Values: var values } && values.Count == tuple.Elements.Length:
                for (var i = 0; i < tuple.Elements.Length; i++)
                {
                    Deconstruct(tuple.Elements[i], values[i]);
                }

                break;
            case ITupleOperation tuple:
                Use(value, FlowUse.Else);
                foreach (var element in tuple.Elements)
                {
                    Deconstruct(element, FlowValue.Unknown);
                }

                break;
            default:
                Assign(target, value);
                break;
        }
    }

    private FlowValue Combine(BinaryOperatorKind kind, FlowValue left, FlowValue right, ITypeSymbol? leftType, ITypeSymbol? rightType)
    {
        var isOfTensors = leftType.IsOrDerivesFrom(MetadataNames.Tensor) && rightType.IsOrDerivesFrom(MetadataNames.Tensor);
        switch (kind)
        {
            case BinaryOperatorKind.Add when isOfTensors:
                return Add(left, right);
            case BinaryOperatorKind.Multiply when isOfTensors:
                return Multiply(left, right);
            case BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals when !isOfTensors:
                return FlowValue.Unknown;
            default:
                Use(left, FlowUse.Else);
                Use(right, FlowUse.Else);
                return FlowValue.Unknown;
        }
    }

    private static FlowValue Add(FlowValue left, FlowValue right)
    {
        Note(left, right, FlowUseKind.Adds, "");
        Note(right, left, FlowUseKind.Adds, "");
        return new FlowValue.Sum(left, right);
    }

    private static FlowValue Multiply(FlowValue left, FlowValue right)
    {
        Gate(left, right);
        Gate(right, left);
        Use(left, FlowUse.Else);
        Use(right, FlowUse.Else);
        return FlowValue.Unknown;
    }

    private static void Gate(FlowValue gate, FlowValue value)
    {
        if (gate is FlowValue.Activated { Function: var function, Of: var of })
        {
            Note(of, value, FlowUseKind.Gates, function);
        }
    }

    private static void Note(FlowValue value, FlowValue other, FlowUseKind kind, string detail)
    {
        var ports = Ports(other).Distinct().ToArray();
        foreach (var port in ports.Length == 0 ? [""] : ports)
        {
            Use(value, new FlowUse(kind, port, FlowStep.Same, IsConditional: false, detail));
        }
    }

    private FlowValue Member(IOperation reference, ISymbol member, IOperation? instance, IEnumerable<IArgumentOperation> arguments)
    {
        var owner = instance is null or IInstanceReferenceOperation ? null : Evaluate(instance);
        if (owner is null)
        {
            foreach (var argument in arguments)
            {
                Discard(argument.Value);
            }

            return components.Of(member) is { } own && instance is IInstanceReferenceOperation ? new FlowValue.Callee(own) : FlowValue.Unknown;
        }

        var index = arguments.FirstOrDefault()?.Value;
        if (owner is FlowValue.Callee { Component: var outer })
        {
            if (index is not null)
            {
                Discard(index);
                return outer.Element is { } element
                    ? new FlowValue.Callee(Indexed(element, (IPropertyReferenceOperation)reference))
                    : Doubted(outer, "it is indexed");
            }

            if (!TypeMap.IsTorch(member.ContainingType))
            {
                // A module inside a module: its class's own flow does not know of this use.
                outer.Doubt($"its '{member.Name}' is used from outside");
                return FlowValue.Unknown;
            }

            if (member.Name is not ("Count" or "training"))
            {
                outer.Doubt($"its '{member.Name}' is read");
            }

            return FlowValue.Unknown;
        }

        if (member.Name is "shape" or "ndim" or "dtype" or "device" or "Length" or "Dimensions")
        {
            return FlowValue.Unknown;
        }

        Use(owner, FlowUse.Else);
        foreach (var argument in arguments)
        {
            Discard(argument.Value);
        }

        return FlowValue.Unknown;
    }

    private static FlowValue Doubted(FlowComponent component, string reason)
    {
        component.Doubt(reason);
        return FlowValue.Unknown;
    }

    private FlowComponent Indexed(FlowComponent element, IPropertyReferenceOperation reference)
    {
        var index = Counter(reference);
        if (index is null || !SymbolEqualityComparer.Default.Equals(index, counter))
        {
            // Layers[0] and Layers[^1] stand beside what a loop does with all of them; with two indices, elements of different indices meet.
            element.Doubt(
                index is null
                    ? "an element of the list is used by itself"
                    : $"its index '{index.Name}' is not the one that its loop counts for every list",
                opens: false);
        }

        return element;
    }
}
