using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Reparam.Generators.Common;
using Reparam.Generators.Twins.Fusion;

namespace Reparam.Generators.Twins;

/// <summary>What the twin runs as fused operations.</summary>
internal sealed partial class MemberRewriter
{
    private const string ForwardOnto = nameof(ForwardOnto);

    private readonly Dictionary<SyntaxNode, string> withResidual = [];

    /// <summary>A further member: the forward that the class overrides, when its body stands in one that adds a residual. Null for none.</summary>
    public string? Forward { get; private set; }

    /// <inheritdoc/>
    public override void Visit(SyntaxNode? node)
    {
        if (node is ExpressionSyntax expression)
        {
            if (withResidual.TryGetValue(node, out var residual)
                && expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax layer } call)
            {
                var input = call.ArgumentList.Arguments[0].Expression;
                Edits.Replace(node.Span, $"global::{TwinNames.FusedOperations}.AddTo({residual}, {Rewritten(layer.Expression)}, {Rewritten(input)})");
                return;
            }

            if (fusions.Sums.TryGetValue(node, out var sum))
            {
                var child = Rewritten(sum.Child);
                Edits.Replace(node.Span, $"{child}.{ForwardOnto}({string.Join(", ", sum.Arguments.Prepend(sum.Residual).Select(Rewritten))})");
                return;
            }

            if (fusions.Expressions.TryGetValue(node, out var fusion))
            {
                Edits.Replace(node.Span, Call(fusion));
                return;
            }
        }

        base.Visit(node);
    }

    // A method that is one fused operation as a whole.
    private bool FuseBody(MethodDeclarationSyntax node)
    {
        if (fusions.Whole is not { } whole)
        {
            return false;
        }

        foreach (var attributes in node.AttributeLists)
        {
            Visit(attributes);
        }

        Visit(node.ReturnType);
        Visit(node.ParameterList);
        var call = Call(whole);
        if (node.Body is { } block)
        {
            Edits.Replace(TextSpan.FromBounds(block.Statements[0].SpanStart, block.Statements.Last().Span.End), $"return {call};");
        }
        else
        {
            Edits.Replace(node.ExpressionBody!.Expression.Span, call);
        }

        return true;
    }

    // forward becomes a member that takes a value which its last layer adds, and calls it without one.
    private void AddResidual(MethodDeclarationSyntax node)
    {
        if (!context.ForwardEnds.AddsResidual(owner) || model.GetDeclaredSymbol(node, cancellation) is not { } method
            || !SymbolEqualityComparer.Default.Equals(method, ForwardEnds.Forward(owner)) || model.GetOperation(node, cancellation) is not { } body
            || context.Table.Members(method).FirstOrDefault() is not { } counterpart || context.Types.Text(method.ReturnType) is not { } result
            || method.Parameters.Any(p => context.Types.Text(p.Type) is null))
        {
            return;
        }

        var residual = "residual";
        while (node.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == residual))
        {
            residual += "_";
        }

        foreach (var returned in body.Descendants().OfType<IReturnOperation>().Where(r => !ForwardEnds.IsInFunction(r)))
        {
            withResidual[returned.ReturnedValue!.Syntax] = residual;
        }

        var parameters = string.Join(", ", method.Parameters.Select(p => $"{context.Types.Text(p.Type)} {Identifiers.Escape(p.Name)}"));
        var arguments = string.Join(", ", method.Parameters.Select(p => Identifiers.Escape(p.Name)).Prepend("null"));
        Forward = $"    public override {result} {counterpart.Name}({parameters}) => {ForwardOnto}({arguments});";
        foreach (var modifier in node.Modifiers)
        {
            var isKept = modifier.IsKind(SyntaxKind.UnsafeKeyword);
            Edits.Replace(modifier.Span, modifier.IsKind(SyntaxKind.PublicKeyword) ? "internal" : isKept ? modifier.Text : "");
        }

        Edits.Replace(node.Identifier.Span, ForwardOnto);
        Edits.InsertAfter(node.ParameterList.OpenParenToken.Span.End, $"global::{TwinNames.Tensor}? {residual}, ");
    }

    private void JoinCalls()
    {
        foreach (var joined in fusions.Joined)
        {
            var values = string.Join(", ", joined.Layers.Prepend(joined.Input).Select(Rewritten));
            var names = string.Join(", ", joined.Names.Select(Identifiers.Escape));
            Edits.Replace(joined.Statements[0].Span, $"var ({names}) = global::{TwinNames.FusedOperations}.CallAll({values});");
            foreach (var statement in joined.Statements.Skip(1))
            {
                Edits.Replace(statement.Span, "");
            }
        }
    }

    // Arguments keep the order in which the user's code evaluates them.
    private string Call(Fusion.Fusion fusion)
    {
        var inOrder = fusion.Arguments.Select(a => a.Parameter).SequenceEqual(fusion.Operation.Parameters.Take(fusion.Arguments.Count).Select(p => p.Name));
        var arguments = fusion.Arguments.Select(a => (inOrder ? "" : Identifiers.Escape(a.Parameter) + ": ") + Rewritten(a.Value));
        return $"{fusion.Operation.ContainingType.Qualified()}.{fusion.Operation.Name}({string.Join(", ", arguments)})";
    }

    private string Rewritten(SyntaxNode node)
    {
        Visit(node);
        if (node.DescendantTokens().Any(token => token.Text.Contains("\n")))
        {
            return Edits.Write(node, 0);
        }

        return string.Join(" ", Edits.Write(node, 0).Split('\n').Select(line => line.Trim()));
    }
}
