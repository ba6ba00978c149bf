using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>
/// The static types of what a class assigns to its properties and fields. A property is of type <c>Module&lt;Tensor, Tensor&gt;</c>, so only the assigned
/// expression tells which layer it holds.
/// </summary>
internal sealed class AssignedTypes
{
    private readonly Dictionary<string, List<(ExpressionSyntax Value, SemanticModel Model)>> assignments = [];
    private readonly CancellationToken token;

    /// <summary>Collects the assignments in all parts of a class.</summary>
    /// <param name="type">A class with source.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="token">Stops the work.</param>
    public AssignedTypes(INamedTypeSymbol type, Compilation compilation, CancellationToken token)
    {
        this.token = token;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            token.ThrowIfCancellationRequested();
            var part = reference.GetSyntax(token);
            if (!compilation.ContainsSyntaxTree(part.SyntaxTree))
            {
                continue;
            }

            var model = compilation.GetSemanticModel(part.SyntaxTree);
            foreach (var node in part.DescendantNodes())
            {
                switch (node)
                {
                    case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression } assignment
                        when TargetName(assignment.Left) is { } name:
                        Add(name, assignment.Right, model);
                        break;
                    case VariableDeclaratorSyntax { Initializer: { } initializer, Parent.Parent: FieldDeclarationSyntax } field:
                        Add(field.Identifier.ValueText, initializer.Value, model);
                        break;
                }
            }
        }
    }

    /// <summary>What is assigned to a member.</summary>
    /// <param name="member">A property or field of the class.</param>
    /// <param name="memberType">Its type.</param>
    public Assigned Of(ISymbol member, ITypeSymbol memberType)
    {
        var found = new Assigned();
        var element = ModuleTypes.ElementOfList(memberType);
        if (found.Note(element ?? memberType))
        {
            return found;
        }

        if (assignments.TryGetValue(member.Name, out var values))
        {
            found.IsAssigned = true;
            foreach (var (value, model) in values)
            {
                token.ThrowIfCancellationRequested();
                if (element is null)
                {
                    NoteValue(found, value, model);
                }
                else
                {
                    NoteElements(found, value, model);
                }
            }
        }

        return found;
    }

    /// <summary>The expressions that make the layers which are assigned to a member, as far as they can be seen.</summary>
    /// <param name="member">A property or field of the class.</param>
    /// <param name="memberType">Its type.</param>
    public IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> LayersOf(ISymbol member, ITypeSymbol memberType)
    {
        if (!assignments.TryGetValue(member.Name, out var values))
        {
            return [];
        }

        var isList = ModuleTypes.ElementOfList(memberType) is not null;
        return values
            .SelectMany(v => (isList ? v.Value.DescendantNodesAndSelf().OfType<ExpressionSyntax>() : Leaves(v.Value)).Select(e => (e, v.Model)))
            .Where(v => v.e is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && LayerKindFacts.Of(v.Model.GetTypeInfo(v.e).Type) is not null);
    }

    private void Add(string name, ExpressionSyntax value, SemanticModel model)
    {
        if (!assignments.TryGetValue(name, out var values))
        {
            assignments[name] = values = [];
        }

        values.Add((value, model));
    }

    // Only members of the object itself: x.Query of another x is not ours.
    private static string? TargetName(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        _ => null,
    };

    private static void NoteValue(Assigned found, ExpressionSyntax value, SemanticModel model)
    {
        foreach (var leaf in Leaves(value))
        {
            if (model.GetTypeInfo(leaf).Type is { } type && !found.Note(type))
            {
                found.HasUnknown = true;
            }
        }
    }

    // A list's elements are written somewhere inside the expression that makes it.
    private static void NoteElements(Assigned found, ExpressionSyntax value, SemanticModel model)
    {
        var known = false;
        foreach (var node in value.DescendantNodesAndSelf())
        {
            if (node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && model.GetTypeInfo(node).Type is { } type && ModuleTypes.ElementOfList(type) is null)
            {
                known |= found.Note(type);
            }
        }

        found.HasUnknown |= !known;
    }

    private static IEnumerable<ExpressionSyntax> Leaves(ExpressionSyntax value) => value switch
    {
        ParenthesizedExpressionSyntax inner => Leaves(inner.Expression),
        CastExpressionSyntax cast => Leaves(cast.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } forgiven => Leaves(forgiven.Operand),
        AssignmentExpressionSyntax chained => Leaves(chained.Right),
        ConditionalExpressionSyntax choice => Leaves(choice.WhenTrue).Concat(Leaves(choice.WhenFalse)),
        SwitchExpressionSyntax choice => choice.Arms.SelectMany(arm => Leaves(arm.Expression)),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } choice => Leaves(choice.Left).Concat(Leaves(choice.Right)),
        ThrowExpressionSyntax or LiteralExpressionSyntax => [],
        _ => [value],
    };
}
