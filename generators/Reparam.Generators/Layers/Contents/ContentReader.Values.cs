using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers.Contents;

// What an expression gives.
internal sealed partial class ContentReader
{
    /// <summary>What an expression gives.</summary>
    /// <param name="value">Its operation; null gives an unknown value.</param>
    public HeldValue Of(IOperation? value)
    {
        if (value is null || depth == MaxDepth)
        {
            return HeldValue.Unknown();
        }

        token.ThrowIfCancellationRequested();
        depth++;
        try
        {
            return Read(value);
        }
        finally
        {
            depth--;
        }
    }

    private HeldValue Read(IOperation value)
    {
        switch (value)
        {
            case { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation or IThrowOperation:
                return new HeldValue();
            case IConversionOperation conversion:
                return Of(conversion.Operand);
            case IParenthesizedOperation inner:
                return Of(inner.Operand);
            case IConditionalOperation { WhenFalse: { } otherwise } choice:
                return HeldValue.AnyOf([Of(choice.WhenTrue), Of(otherwise)]);
            case ICoalesceOperation choice:
                return HeldValue.AnyOf([Of(choice.Value), Of(choice.WhenNull)]);
            case ISwitchExpressionOperation choice:
                return HeldValue.AnyOf(choice.Arms.Select(arm => Of(arm.Value)));
            case IAssignmentOperation assignment:
                return Of(assignment.Value);
            case IArrayCreationOperation array:
                return Collection(array.Initializer?.ElementValues ?? []);
            case ICollectionExpressionOperation collection:
                return Collection(collection.Elements).AsCollectionOf(collection.Type);
            case ISpreadOperation spread:
                return Of(spread.Operand);
            case ITupleOperation { Elements: { Length: 2 } pair } when ContentTypes.MayHoldModules(pair[1].Type):
                return HeldValue.Pair(Name(pair[0]), Of(pair[1]).AsModule(), Making(pair[1]));
            case IObjectCreationOperation creation:
                return Created(creation);
            case IInvocationOperation call:
                return Called(call);
            case ILocalReferenceOperation { Local: { } local }:
                return OfVariable(local, local.Type);
            case IParameterReferenceOperation { Parameter: { } parameter }:
                return OfParameter(parameter);
            case IFieldReferenceOperation { Field: { } field } reference when IsOwn(reference.Instance, field):
                return OfVariable(field, field.Type);
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } list } when ContentTypes.IsCollection(list.Type):
                return HeldValue.Of(Of(list).AnyElement());
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property } reference when IsOwn(reference.Instance, property):
                return Getter(property) is { } getter ? Of(getter) : OfVariable(property, property.Type);
            case IArrayElementReferenceOperation element:
                return HeldValue.Of(Of(element.ArrayReference).AnyElement());
            default:
                return ByType(value.Type);
        }
    }

    // Only members of the object itself, or static ones: another object's member may hold anything of its type.
    private bool IsOwn(IOperation? instance, ISymbol member) =>
        member.OriginalDefinition.DeclaringSyntaxReferences.Length > 0 && instance is null or IInstanceReferenceOperation;

    private IOperation? Getter(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(token) is PropertyDeclarationSyntax { ExpressionBody.Expression: { } body }
            && compilation.ContainsSyntaxTree(body.SyntaxTree)
            ? compilation.ModelOf(body.SyntaxTree).GetOperation(body, token)
            : null;

    private HeldValue OfParameter(IParameterSymbol parameter)
    {
        var key = parameter.OriginalDefinition;
        return bound.TryGetValue(key, out var value) ? HeldValue.AnyOf([value]) : OfVariable(parameter, parameter.Type);
    }

    /// <summary>What the static type of a value tells of it.</summary>
    /// <param name="type">A type; null tells nothing.</param>
    public static HeldValue ByType(ITypeSymbol? type)
    {
        var content = new ModuleContent();
        if (LayerKindFacts.Of(type) is { } kind)
        {
            content.Kinds.Add(kind);
        }
        else if (type is not INamedTypeSymbol { IsAbstract: false } named || ContentTypes.SaysNothing(named) || !named.IsOrDerivesFrom(MetadataNames.Module)
            || (ContentTypes.IsOfTorchSharp(named) && ContentTypes.IsContainer(named)))
        {
            var unknown = HeldValue.Unknown();
            unknown.IsContainer = ContentTypes.IsContainer(type);
            return unknown;
        }
        else if (ContentTypes.IsOfTorchSharp(named))
        {
            content.Others.Add(named.OriginalDefinition);
        }
        else
        {
            content.Classes.Add(named.OriginalDefinition);
        }

        return HeldValue.Of(content);
    }

    private HeldValue Collection(IEnumerable<IOperation> elements)
    {
        var collection = new HeldValue();
        foreach (var element in elements)
        {
            if (element is ISpreadOperation spread)
            {
                collection.AppendAll(Of(spread.Operand));
            }
            else
            {
                collection.Append(Of(element), made: Making(element));
            }
        }

        return collection;
    }

    private HeldValue Created(IObjectCreationOperation creation)
    {
        var type = creation.Type as INamedTypeSymbol;
        if (type is null || !ContentTypes.MayHoldModules(type))
        {
            return ByType(type);
        }

        HeldValue value;
        if (type.IsOrDerivesFrom(MetadataNames.Module))
        {
            if (!ContentTypes.IsOfTorchSharp(type) || !ContentTypes.IsContainer(type))
            {
                return ContentTypes.IsOfTorchSharp(type) || type.IsAbstract ? ByType(type) : Block(type, creation);
            }

            value = Container(type, creation.Arguments);
        }
        else if (type.Name is "KeyValuePair" or "ValueTuple" or "Tuple" && creation.Arguments.Length == 2)
        {
            return HeldValue.Pair(Name(creation.Arguments[0].Value), Of(creation.Arguments[1].Value).AsModule(), Making(creation.Arguments[1].Value));
        }
        else
        {
            value = new HeldValue { Unnamed = type.Name is "Dictionary" or "SortedDictionary" ? ModuleContent.AnyName : null };
            foreach (var argument in creation.Arguments.Where(a => ContentTypes.MayHoldModules(a.Value.Type)))
            {
                value.AppendAll(Of(argument.Value));
            }
        }

        foreach (var initializer in creation.Initializer?.Initializers ?? [])
        {
            Initialize(value, initializer);
        }

        return value;
    }

    // { a, b }, { "key", a }, ["key"] = a
    private void Initialize(HeldValue value, IOperation initializer)
    {
        switch (initializer)
        {
            case IInvocationOperation { Arguments: { Length: 1 } one }:
                value.Append(Of(one[0].Value), made: Making(one[0].Value));
                break;
            case IInvocationOperation { Arguments: { Length: 2 } two }:
                value.Append(Of(two[1].Value), Name(two[0].Value));
                break;
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Arguments: { Length: 1 } key } } put:
                value.Append(Of(put.Value), Name(key[0].Value));
                break;
            default:
                value.Append(HeldValue.Unknown());
                value.Loose();
                break;
        }
    }

    // A block of the user's: what its constructor is given is known only here, so it is kept with it.
    private HeldValue Block(INamedTypeSymbol type, IObjectCreationOperation creation)
    {
        var content = new ModuleContent();
        content.Classes.Add(type.OriginalDefinition);
        return HeldValue.Of(content);
    }

    private HeldValue Container(ITypeSymbol type, IEnumerable<IArgumentOperation> arguments)
    {
        var value = new HeldValue { IsContainer = true, Unnamed = ContentTypes.UnnamedOf(type) };
        foreach (var argument in arguments)
        {
            AppendArgument(value, argument.Value, argument.Parameter);
        }

        return value;
    }

    // The argument of a container's constructor: one module, or a collection of them.
    private void AppendArgument(HeldValue value, IOperation? argument, IParameterSymbol? parameter)
    {
        if (argument is null || !ContentTypes.MayHoldModules(argument.Type ?? parameter?.Type))
        {
            return;
        }

        var type = argument is IConversionOperation conversion ? conversion.Operand.Type : argument.Type;
        if (ContentTypes.IsCollection(type) && !(parameter?.Type).IsModuleOrInterface() && (!ContentTypes.IsContainer(type) || parameter?.IsParams == false))
        {
            value.AppendAll(Of(argument));
        }
        else
        {
            value.Append(Of(argument), made: Making(argument));
        }
    }

    private HeldValue Called(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!ContentTypes.MayHoldModules(call.Type))
        {
            return ByType(call.Type);
        }

        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            return call.Instance is not null && BodyOf(call.Instance) is { } body
                ? Body(body.Body, body.Parameters, call.Arguments, body.Symbol)
                : ByType(call.Type);
        }

        if (HasSource(method))
        {
            return Followed(call, Overriding(method, call.Instance));
        }

        if (!ContentTypes.IsOfTorchSharp(method.ContainingType))
        {
            return IsOfFramework(method) ? Enumerated(call) : ByType(call.Type);
        }

        if (method is { IsStatic: true, Name: "Sequential" or "ModuleList" or "ModuleDict" } && ContentTypes.IsContainer(call.Type))
        {
            return Container(call.Type!, call.Arguments);
        }

        // A chain: Sequential().append(...).append(...), Linear(...).to(device).
        var receiver = call.Instance ?? (method.IsExtensionMethod ? call.Arguments.FirstOrDefault()?.Value : null);
        if (receiver is null || !ContentTypes.MayHoldModules(receiver.Type))
        {
            return ByType(call.Type);
        }

        var value = HeldValue.AnyOf([Of(receiver)]);
        if (method.Name == "append" && call.Arguments.Length is 1 or 2)
        {
            var added = call.Arguments[call.Arguments.Length - 1].Value;
            value.Append(Of(added), call.Arguments.Length == 2 ? Name(call.Arguments[0].Value) : null, Making(added));
        }

        return value;
    }

    // The call of TorchSharp that makes a module, where the value is nothing else.
    private static IOperation? Making(IOperation? value) => value switch
    {
        IConversionOperation conversion => Making(conversion.Operand),
        IInvocationOperation { TargetMethod: { IsStatic: true, IsExtensionMethod: false } method } call
            when ContentTypes.IsOfTorchSharp(method.ContainingType) => call,
        _ => null,
    };

    private IMethodSymbol Overriding(IMethodSymbol method, IOperation? instance)
    {
        if (!(method.IsVirtual || method.IsAbstract || method.IsOverride) || instance is not IInstanceReferenceOperation)
        {
            return method;
        }

        for (var type = current; type is not null; type = type.BaseType)
        {
            foreach (var own in type.GetMembers(method.Name).OfType<IMethodSymbol>().Where(m => m.IsOverride))
            {
                for (var overridden = own; overridden is not null; overridden = overridden.OverriddenMethod)
                {
                    if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, method.OriginalDefinition))
                    {
                        return own;
                    }
                }
            }
        }

        return method;
    }

    // What a helper with source returns, for these arguments.
    private HeldValue Followed(IInvocationOperation call, IMethodSymbol method)
    {
        var definition = method.OriginalDefinition;
        if (definition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(token) is not { } syntax || !compilation.ContainsSyntaxTree(syntax.SyntaxTree))
        {
            return ByType(call.Type);
        }

        var body = syntax switch
        {
            BaseMethodDeclarationSyntax declared => (SyntaxNode?)declared.Body ?? declared.ExpressionBody?.Expression,
            LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody?.Expression,
            _ => null,
        };
        if (body is null)
        {
            return ByType(call.Type);
        }

        // A method of type parameters gives what its call says.
        var value = Body(body, definition.Parameters, call.Arguments, definition);
        return value.IsUnknown && !ContentTypes.SaysNothing(call.Type!) ? ByType(call.Type) : value;
    }

    private HeldValue Body(
        SyntaxNode body, IReadOnlyList<IParameterSymbol> parameters, IReadOnlyList<IArgumentOperation> arguments, ISymbol method)
    {
        if (!active.Add(method))
        {
            return HeldValue.Unknown();
        }

        try
        {
            HeldValue? result = null;
            WithArguments(arguments, () => result = Returned(body), parameters);
            return result!;
        }
        finally
        {
            active.Remove(method);
        }
    }

    private HeldValue Returned(SyntaxNode body)
    {
        var model = compilation.ModelOf(body.SyntaxTree);
        if (body is ExpressionSyntax expression)
        {
            return Of(model.GetOperation(expression, token));
        }

        var values = new List<HeldValue>();
        HeldValue? yielded = null;
        foreach (var node in body.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case ReturnStatementSyntax { Expression: { } returned }:
                    values.Add(Of(model.GetOperation(returned, token)));
                    break;
                case YieldStatementSyntax { Expression: { } element }:
                    (yielded ??= new HeldValue().Loose()).Append(Of(model.GetOperation(element, token)));
                    break;
            }
        }

        return yielded ?? (values.Count == 0 ? HeldValue.Unknown() : HeldValue.AnyOf(values));
    }

    // Values of arguments are those of the caller: they are read before any of them is bound.
    private void WithArguments(IEnumerable<IArgumentOperation> arguments, Action action, IReadOnlyList<IParameterSymbol>? parameters = null)
    {
        var values = new List<(ISymbol Parameter, HeldValue? Value, IOperation? Delegate)>();
        foreach (var argument in arguments)
        {
            if (argument.Parameter is not { } given)
            {
                continue;
            }

            var parameter = parameters is not null && given.Ordinal < parameters.Count ? parameters[given.Ordinal] : given.OriginalDefinition;
            if (given.Type.TypeKind == TypeKind.Delegate)
            {
                values.Add((parameter, null, DelegateOf(argument.Value)));
            }
            else if (ContentTypes.MayHoldModules(given.Type) || ContentTypes.MayHoldModules(argument.Value.Type))
            {
                values.Add((parameter, Of(argument.Value), null));
            }
        }

        var outerValues = values.Select(v => (v.Parameter, bound.TryGetValue(v.Parameter, out var outer) ? outer : null)).ToArray();
        var outerDelegates = values.Select(v => (v.Parameter, delegates.TryGetValue(v.Parameter, out var outer) ? outer : null)).ToArray();
        foreach (var (parameter, value, function) in values)
        {
            Bind(bound, parameter, value);
            Bind(delegates, parameter, function);
        }

        action();
        foreach (var (parameter, value) in outerValues)
        {
            Bind(bound, parameter, value);
        }

        foreach (var (parameter, function) in outerDelegates)
        {
            Bind(delegates, parameter, function);
        }
    }

    private static void Bind<T>(Dictionary<ISymbol, T> to, ISymbol parameter, T? value)
        where T : class
    {
        if (value is null)
        {
            to.Remove(parameter);
        }
        else
        {
            to[parameter] = value;
        }
    }

    private string Name(IOperation name)
    {
        while (name is IConversionOperation conversion)
        {
            name = conversion.Operand;
        }

        return name.ConstantValue is { HasValue: true, Value: string constant } ? constant : ModuleContent.AnyName;
    }
}
