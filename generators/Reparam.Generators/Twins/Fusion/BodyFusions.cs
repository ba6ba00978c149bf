using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>What of one member's bodies is fused, by syntax. Never leaves a transform.</summary>
/// <param name="context">What the twins share.</param>
/// <param name="owner">The marked class.</param>
internal sealed class BodyFusions(TwinContext context, INamedTypeSymbol owner)
{
    private readonly FusionFinder finder = context.FusionsOf(owner);

    /// <summary>Fused expressions.</summary>
    public Dictionary<SyntaxNode, Fusion> Expressions { get; } = [];

    /// <summary>Sums with a child's forward.</summary>
    public Dictionary<SyntaxNode, ChildSum> Sums { get; } = [];

    /// <summary>Neighbouring calls of layers with the same input.</summary>
    public List<JoinedCalls> Joined { get; } = [];

    /// <summary>The operation that the whole body is; null if it is none.</summary>
    public Fusion? Whole { get; private set; }

    /// <summary>Looks through a body.</summary>
    /// <param name="body">The bound body.</param>
    public void Find(IOperation body)
    {
        Whole = body is IMethodBodyOperation method ? finder.Body(method) : null;
        if (Whole is null)
        {
            Joined.AddRange(finder.Joined(body));
            Walk(body);
        }
    }

    /// <summary>True if a return of forward gives a layer's output, to which the layer can add.</summary>
    /// <param name="returned">The returned value.</param>
    public bool IsLayerCall(IOperation returned) => finder.IsLayerCall(returned);

    private void Walk(IOperation operation)
    {
        IEnumerable<IOperation> next = operation.ChildOperations;
        if (finder.Sum(operation, context.ForwardEnds) is { } sum)
        {
            Sums[operation.Syntax] = sum;
            next = Parts(operation, [sum.Residual, .. sum.Arguments]);
        }
        else if (finder.Expression(operation) is { } fusion)
        {
            Expressions[operation.Syntax] = fusion;
            next = Parts(operation, fusion.Arguments.Select(a => a.Value));
        }

        foreach (var child in next)
        {
            Walk(child);
        }
    }

    // What is left of the user's code inside of a fused one.
    private static IOperation[] Parts(IOperation operation, IEnumerable<SyntaxNode> values) =>
        [.. values.Select(value => operation.Descendants().FirstOrDefault(o => o.Syntax == value)).OfType<IOperation>()];
}
