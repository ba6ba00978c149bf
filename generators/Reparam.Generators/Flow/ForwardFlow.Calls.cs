using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Flow;

/// <summary>Calls.</summary>
internal sealed partial class ForwardFlow
{
    private FlowValue Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var receiver = call.Instance is null or IInstanceReferenceOperation ? null : Evaluate(call.Instance);
        if (Callee(receiver) is { } component)
        {
            if (TypeMap.IsTorch(method.ContainingType) && method.Name is "call" or "forward" || (method.Name == "forward" && component.IsMarked))
            {
                return receiver is FlowValue.Choice ? new FlowValue.Choice([Call(component, call)]) : Call(component, call);
            }

            DiscardArguments(call);
            component.Doubt($"its '{method.Name}' is called");
            return FlowValue.Unknown;
        }

        if (TypeMap.IsTorch(method.ContainingType))
        {
            return Operate(call, receiver);
        }

        if (CanFollow(call))
        {
            return Follow(call);
        }

        if (receiver is not null)
        {
            Use(receiver, FlowUse.Else);
        }

        DiscardArguments(call);
        return FlowValue.Unknown;
    }

    // A module that may be null is called where it is not.
    private static FlowComponent? Callee(FlowValue? value) => value switch
    {
        FlowValue.Callee callee => callee.Component,
        FlowValue.Choice { Values: { Count: 1 } values } => Callee(values[0]),
        _ => null,
    };

    private void DiscardArguments(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            Use(Evaluate(argument.Value), FlowUse.Else);
            if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out)
            {
                Deconstruct(argument.Value, FlowValue.Unknown);
            }
        }
    }

    private FlowValue Call(FlowComponent component, IInvocationOperation call)
    {
        var arguments = call.Arguments.Select(argument => (argument.Parameter!, Evaluate(argument.Value))).ToArray();
        return Call(component, arguments, call);
    }

    private FlowValue Call(FlowComponent component, (IParameterSymbol Parameter, FlowValue Value)[] arguments, IInvocationOperation call)
    {
        if (component.IsPassThrough && arguments.Length == 1)
        {
            return arguments[0].Value;
        }

        if (component.Activation is { } function && arguments.Length == 1)
        {
            Use(arguments[0].Value, FlowUse.Else);
            return new FlowValue.Activated(function, arguments[0].Value);
        }

        if (component.Chain is { } chain && arguments.Length == 1)
        {
            var value = arguments[0].Value;
            foreach (var module in chain)
            {
                value = Call(module, [(arguments[0].Parameter, value)], call);
            }

            return value;
        }

        var names = ForwardParameters(component, arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
        {
            Use(arguments[i].Value, FlowUse.By(component.Port(names?[i] ?? arguments[i].Parameter.Name)));
        }

        if (loopDoubt is not null)
        {
            component.Doubt(loopDoubt, opens: false);
        }

        var place = $"{context}{call.Syntax.SyntaxTree.FilePath}:{call.Syntax.SpanStart}";
        if (!component.Calls.TryGetValue(place, out var source))
        {
            source = new FlowSource(component.Path, component);
            sources.Add(source);
            component.Calls.Add(place, source);
            if (component.Calls.Count > 1)
            {
                component.Doubt("it is called at more than one place", opens: false);
            }
        }

        return new FlowValue.Output(source);
    }

    // TorchSharp's call names its parameters otherwise than the class's forward.
    private static string[]? ForwardParameters(FlowComponent component, int count)
    {
        for (var type = component.Type; type is not null && component.IsMarked; type = type.BaseType)
        {
            if (type.GetMembers("forward").OfType<IMethodSymbol>().FirstOrDefault(m => m.Parameters.Length == count) is { } forward)
            {
                return [.. forward.Parameters.Select(p => p.Name)];
            }
        }

        return null;
    }

    private FlowValue Operate(IInvocationOperation call, FlowValue? receiver)
    {
        var method = call.TargetMethod;
        var values = call.Arguments
            .Select(argument => (argument, Value: argument.ArgumentKind == ArgumentKind.DefaultValue ? FlowValue.Unknown : Evaluate(argument.Value))).ToArray();
        var tensors = values.Where(v => v.argument.Parameter?.Type.IsOrDerivesFrom(MetadataNames.Tensor) == true).Select(v => v.Value).ToList();
        if (receiver is not null && call.Instance?.Type.IsOrDerivesFrom(MetadataNames.Tensor) == true)
        {
            tensors.Insert(0, receiver);
        }

        var isInPlace = (method.Name.EndsWith("_", System.StringComparison.Ordinal) && !method.Name.StartsWith("_", System.StringComparison.Ordinal))
            || call.Arguments.Any(a => a.Parameter?.Name == "inplace" && a.Value.ConstantValue is not { HasValue: true, Value: false });
        if (isInPlace && tensors.Count > 0)
        {
            Change(tensors[0]);
        }
        else if (tensors.Count == 1 && PassThroughs.Contains(method.Name))
        {
            return tensors[0];
        }
        else if (tensors.Count == 1 && Activations.Contains(method.Name))
        {
            Use(tensors[0], FlowUse.Else);
            return new FlowValue.Activated(method.Name, tensors[0]);
        }
        else if (tensors.Count == 2 && method.Name == "add" && call.Arguments.Count(CallMatcher.IsGiven) == (receiver is null ? 2 : 1))
        {
            return Add(tensors[0], tensors[1]);
        }
        else if (tensors.Count == 2 && method.Name is "mul" or "multiply")
        {
            return Multiply(tensors[0], tensors[1]);
        }

        if (receiver is not null)
        {
            Use(receiver, FlowUse.Else);
        }

        foreach (var (argument, value) in values)
        {
            Use(value, FlowUse.Else);
            if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out)
            {
                Deconstruct(argument.Value, FlowValue.Unknown);
            }
        }

        return FlowValue.Unknown;
    }

    // Whoever knows the tensor under another name sees the change too.
    private static void Change(FlowValue value)
    {
        switch (value)
        {
            case FlowValue.Output { Source: var source }:
                source.Component?.Doubt("its output is changed in place", opens: false);
                source.Add(FlowUse.Else);
                break;
            case FlowValue.Activated activated:
                Change(activated.Of);
                break;
            case FlowValue.Stepped stepped:
                Change(stepped.Of);
                break;
            case FlowValue.Choice choice:
                foreach (var one in choice.Values)
                {
                    Change(one);
                }

                break;
        }
    }

    // What runs is the method that is named, with this object's members.
    private bool CanFollow(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var isSame = method.IsStatic || method.MethodKind == MethodKind.LocalFunction || call.Instance is IInstanceReferenceOperation;
        var isFixed = !(method.IsVirtual || method.IsAbstract || method.IsOverride) || method.ContainingType.IsSealed || method.IsSealed;
        return isSame && isFixed && !method.IsAsync
            && inside.Count < MaxDepth && !inside.Contains(method.OriginalDefinition, SymbolEqualityComparer.Default)
            && BodyOf(method.OriginalDefinition) is { } body && !body.Descendants().Any(o => o is IReturnOperation { Kind: OperationKind.YieldReturn });
    }

    private FlowValue Follow(IInvocationOperation call)
    {
        var method = call.TargetMethod.OriginalDefinition;
        var arguments = call.Arguments.Select(argument => (argument, Value: Evaluate(argument.Value))).ToArray();
        foreach (var (argument, value) in arguments)
        {
            var isMany = argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection;
            locals[method.Parameters[argument.Parameter!.Ordinal]] = isMany ? FlowValue.Unknown : value;
        }

        var (outerContext, outerReturned) = (context, returned);
        context += $"{call.Syntax.SpanStart}>";
        returned = [];
        followed.Add(method);
        inside.Push(method);
        Execute(BodyOf(method)!);
        inside.Pop();
        var result = returned.Count switch { 0 => FlowValue.Unknown, 1 => returned[0], _ => Either([.. returned]) };
        (context, returned) = (outerContext, outerReturned);
        foreach (var (argument, _) in arguments.Where(a => a.argument.Parameter!.RefKind is RefKind.Ref or RefKind.Out))
        {
            var parameter = method.Parameters[argument.Parameter!.Ordinal];
            Deconstruct(argument.Value, locals.TryGetValue(parameter, out var value) ? value : FlowValue.Unknown);
        }

        return result;
    }
}
