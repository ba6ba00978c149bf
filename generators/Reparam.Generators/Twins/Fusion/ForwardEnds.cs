using System;
using System.Collections.Concurrent;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>
/// Which classes end their forward, wherever it returns, with a layer: their twins can let this layer add a value to its output, so that
/// <c>x + child.call(x)</c> is one pass less.
/// </summary>
/// <param name="compilation">The compilation of the annotated code.</param>
/// <param name="finder">The finder of a class.</param>
internal sealed class ForwardEnds(Compilation compilation, Func<INamedTypeSymbol, FusionFinder> finder)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> known = new(SymbolEqualityComparer.Default);

    /// <summary>True if the twin of a class has <c>ForwardOnto</c>.</summary>
    /// <param name="type">A class.</param>
    public bool AddsResidual(INamedTypeSymbol type) => known.GetOrAdd(type, t => Forward(t) is { } forward && EndsWithLayer(forward, finder(t)));

    /// <summary>The forward of such a class; null if it has none, or several.</summary>
    /// <param name="type">A class.</param>
    public static IMethodSymbol? Forward(INamedTypeSymbol type) =>
        type.IsMarked() && type.IsSealed && type.Attribute(MetadataNames.ReparamModel) is null && !type.GetMembers("ForwardOnto").Any()
        && type.GetMembers("forward").OfType<IMethodSymbol>().ToArray() is { Length: 1 } forwards && forwards[0] is { IsOverride: true } forward
        && forward.ReturnType.MetadataFullName() == MetadataNames.Tensor
        && forward.Parameters.All(p => p is { RefKind: RefKind.None, IsOptional: false, IsParams: false })
            ? forward
            : null;

    private bool EndsWithLayer(IMethodSymbol forward, FusionFinder own)
    {
        if (forward.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } syntax || !compilation.ContainsSyntaxTree(syntax.SyntaxTree)
            || compilation.ModelOf(syntax.SyntaxTree).GetOperation(syntax) is not IMethodBodyOperation body || own.Body(body) is not null)
        {
            return false;
        }

        // What runs behind a return could see the sum.
        var inside = body.Descendants().ToArray();
        var returned = inside.OfType<IReturnOperation>().Where(r => !IsInFunction(r)).ToArray();
        return returned.Length > 0 && returned.All(r => r.ReturnedValue is { } value && own.IsLayerCall(value))
            && !inside.Any(o => o is ITryOperation or IUsingOperation or IUsingDeclarationOperation or ILockOperation);
    }

    /// <summary>True inside of a lambda or a local function.</summary>
    /// <param name="operation">An operation of a body.</param>
    public static bool IsInFunction(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return true;
            }
        }

        return false;
    }
}
