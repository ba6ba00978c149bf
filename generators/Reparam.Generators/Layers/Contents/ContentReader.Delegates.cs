using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Reparam.Generators.Layers.Contents;

// Lambdas, delegates to factories, and the framework's methods over collections.
internal sealed partial class ContentReader
{
    // What stands for a function: a lambda, or a method's name.
    private IOperation? DelegateOf(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value switch
        {
            IDelegateCreationOperation creation => DelegateOf(creation.Target),
            IAnonymousFunctionOperation or IMethodReferenceOperation => value,
            IParameterReferenceOperation { Parameter: { } parameter } => delegates.TryGetValue(parameter.OriginalDefinition, out var given) ? given : null,
            ILocalReferenceOperation { Local: { } local } => AssignedOnce(local) is { } assigned ? DelegateOf(assigned) : null,
            _ => null,
        };
    }

    private IOperation? AssignedOnce(ILocalSymbol local)
    {
        var changes = ChangesOf(local).Where(c => c.Kind == SourceChangeKind.Assigned).ToArray();
        return changes.Length == 1 ? changes[0].Model.GetOperation(changes[0].Value!, token) : null;
    }

    private (SyntaxNode Body, IReadOnlyList<IParameterSymbol> Parameters, ISymbol Symbol)? BodyOf(IOperation value)
    {
        switch (DelegateOf(value))
        {
            case IAnonymousFunctionOperation { Syntax: AnonymousFunctionExpressionSyntax { Body: { } body } } lambda:
                return (body, lambda.Symbol.Parameters, lambda.Symbol);
            case IMethodReferenceOperation { Method: { } method } when HasSource(method):
                var syntax = method.OriginalDefinition.DeclaringSyntaxReferences[0].GetSyntax(token);
                SyntaxNode? whole = syntax switch
                {
                    BaseMethodDeclarationSyntax declared => (SyntaxNode?)declared.Body ?? declared.ExpressionBody?.Expression,
                    LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody?.Expression,
                    _ => null,
                };
                return whole is not null && compilation.ContainsSyntaxTree(whole.SyntaxTree)
                    ? (whole, method.OriginalDefinition.Parameters, method.OriginalDefinition)
                    : null;
            default:
                return null;
        }
    }

    // A call such as Enumerable.Select: what the lambda makes of each element, or the elements themselves.
    private HeldValue Enumerated(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var sources = new List<HeldValue>();
        if (call.Instance is { } instance && ContentTypes.MayHoldModules(instance.Type))
        {
            sources.Add(Of(instance));
        }

        sources.AddRange(call.Arguments.Where(a => a.Parameter?.Type.TypeKind != TypeKind.Delegate && ContentTypes.MayHoldModules(a.Value.Type))
            .Select(a => Of(a.Value)));
        var all = new HeldValue();
        foreach (var source in sources)
        {
            if (source.Elements.Count > 0 && method.Name != "Repeat")
            {
                all.AppendAll(source);
            }
            else
            {
                all.Append(source);
            }
        }

        var lambdas = call.Arguments.Where(a => a.Parameter?.Type.TypeKind == TypeKind.Delegate && ReturnsModules(a.Parameter.Type)).ToArray();
        if (lambdas.Length > 0)
        {
            var made = new HeldValue();
            foreach (var lambda in lambdas)
            {
                made.Append(BodyOf(lambda.Value) is { } body ? EachOf(all, body) : HeldValue.Unknown());
            }

            all = made.Loose();
        }
        else if (method.Name is not ("ToArray" or "ToList" or "AsEnumerable" or "Cast" or "AsReadOnly" or "ToImmutableArray"))
        {
            all.Loose();
        }

        if (call.Type.IsModuleOrInterface())
        {
            return HeldValue.Of(all.AnyElement());
        }

        if (all.Elements.Count == 0 && sources.Count == 0)
        {
            all.Append(HeldValue.Unknown());
            all.Loose();
        }

        return all;
    }

    private HeldValue EachOf(HeldValue elements, (SyntaxNode Body, IReadOnlyList<IParameterSymbol> Parameters, ISymbol Symbol) lambda)
    {
        if (!active.Add(lambda.Symbol))
        {
            return HeldValue.Unknown();
        }

        var parameter = lambda.Parameters.FirstOrDefault(p => ContentTypes.MayHoldModules(p.Type))?.OriginalDefinition;
        var outer = parameter is not null && bound.TryGetValue(parameter, out var value) ? value : null;
        if (parameter is not null)
        {
            bound[parameter] = HeldValue.Of(elements.AnyElement());
        }

        var made = Returned(lambda.Body);
        if (parameter is not null)
        {
            Bind(bound, parameter, outer);
        }

        active.Remove(lambda.Symbol);
        return made;
    }

    private static bool ReturnsModules(ITypeSymbol function) =>
        function is INamedTypeSymbol { DelegateInvokeMethod.ReturnType: { } type } && ContentTypes.MayHoldModules(type);
}
