using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Layers;

/// <summary>
/// The expressions that make an object, found through choices, casts and locals. A local is followed to all that its method assigns to it and adds to it.
/// </summary>
internal static class AssignedLeaves
{
    // A local that is made of itself must come to an end.
    private const int MaxDepth = 8;

    /// <summary>The leaves of an expression. Literals and throws make nothing and are left out.</summary>
    /// <param name="value">An assigned expression.</param>
    /// <param name="model">Its model.</param>
    public static IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> Of(ExpressionSyntax value, SemanticModel model) =>
        Of(value, model, 0).Select(v => (v, model));

    /// <summary>The leaves of a list's elements.</summary>
    /// <param name="value">An expression whose value is a list.</param>
    /// <param name="model">Its model.</param>
    public static IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> OfList(ExpressionSyntax value, SemanticModel model) =>
        Lists(value, model, 0).Select(v => (v, model));

    private static IEnumerable<ExpressionSyntax> Of(ExpressionSyntax value, SemanticModel model, int depth) =>
        Choices(value).SelectMany(leaf => Local(leaf, model, depth) is { } local ? Assigned(local, leaf).SelectMany(v => Of(v, model, depth + 1)) : [leaf]);

    private static IEnumerable<ExpressionSyntax> Lists(ExpressionSyntax value, SemanticModel model, int depth)
    {
        foreach (var leaf in Choices(value))
        {
            if (Local(leaf, model, depth) is { } local)
            {
                foreach (var element in Assigned(local, leaf).SelectMany(v => Lists(v, model, depth + 1))
                    .Concat(Added(local, leaf).SelectMany(v => Of(v, model, depth + 1))))
                {
                    yield return element;
                }

                continue;
            }

            foreach (var element in Elements(leaf, model, depth))
            {
                yield return element;
            }
        }
    }

    // The outermost modules that are made inside the expression; where there are none, whatever of its parts is a module or several.
    private static IEnumerable<ExpressionSyntax> Elements(ExpressionSyntax list, SemanticModel model, int depth)
    {
        var found = false;
        foreach (var node in list.DescendantNodesAndSelf(inner => !IsMade(inner, model)))
        {
            if (IsMade(node, model))
            {
                found = true;
                yield return (ExpressionSyntax)node;
            }
            else if (node is IdentifierNameSyntax name && depth < MaxDepth && node.Parent is not MemberAccessExpressionSyntax
                && model.GetSymbolInfo(name).Symbol is not ITypeSymbol && IsModule(model.GetTypeInfo(name).Type))
            {
                found = true;
                foreach (var leaf in Of(name, model, depth + 1))
                {
                    yield return leaf;
                }
            }
        }

        var isEmptyList = list is BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } }
            or InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } or CollectionExpressionSyntax { Elements.Count: 0 };
        if (!found && !isEmptyList)
        {
            yield return list;
        }
    }

    private static bool IsMade(SyntaxNode node, SemanticModel model) =>
        node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && IsModule(model.GetTypeInfo(node).Type);

    private static bool IsModule(ITypeSymbol? type) =>
        type is not null && ModuleTypes.ElementOfList(type) is null && type.IsOrDerivesFrom(MetadataNames.Module);

    private static ILocalSymbol? Local(ExpressionSyntax leaf, SemanticModel model, int depth) =>
        depth < MaxDepth && leaf is IdentifierNameSyntax && model.GetSymbolInfo(leaf).Symbol is ILocalSymbol { IsForEach: false } local
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax
            ? local
            : null;

    private static IEnumerable<ExpressionSyntax> Assigned(ILocalSymbol local, SyntaxNode use)
    {
        if (local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } first })
        {
            yield return first;
        }

        foreach (var assignment in Body(use).DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name)
            {
                yield return assignment.Right;
            }
        }
    }

    private static IEnumerable<ExpressionSyntax> Added(ILocalSymbol local, SyntaxNode use) => Body(use).DescendantNodes().OfType<InvocationExpressionSyntax>()
        .Where(call => AssignedTypes.AddedTo(call) is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name)
        .SelectMany(AssignedTypes.AddedBy);

    private static SyntaxNode Body(SyntaxNode use) => use.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? use;

    private static IEnumerable<ExpressionSyntax> Choices(ExpressionSyntax value) => value switch
    {
        ParenthesizedExpressionSyntax inner => Choices(inner.Expression),
        CastExpressionSyntax cast => Choices(cast.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } forgiven => Choices(forgiven.Operand),
        AssignmentExpressionSyntax chained => Choices(chained.Right),
        ConditionalExpressionSyntax choice => Choices(choice.WhenTrue).Concat(Choices(choice.WhenFalse)),
        SwitchExpressionSyntax choice => choice.Arms.SelectMany(arm => Choices(arm.Expression)),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } choice => Choices(choice.Left).Concat(Choices(choice.Right)),
        ThrowExpressionSyntax or LiteralExpressionSyntax => [],
        _ => [value],
    };
}
