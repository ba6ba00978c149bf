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
/// expression tells which layer it holds. A list's elements are those of the expression that makes it and what is added to it.
/// </summary>
internal sealed class AssignedTypes
{
    private readonly Dictionary<string, List<(ExpressionSyntax Value, SemanticModel Model)>> assignments = [];
    private readonly Dictionary<string, List<(ExpressionSyntax Value, SemanticModel Model)>> additions = [];
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

            var model = compilation.ModelOf(part.SyntaxTree);
            foreach (var node in part.DescendantNodes())
            {
                switch (node)
                {
                    case AssignmentExpressionSyntax
                    {
                        RawKind: (int)SyntaxKind.SimpleAssignmentExpression
                        or (int)SyntaxKind.CoalesceAssignmentExpression
                    } assignment
                        when TargetName(assignment.Left) is { } name:
                        Add(assignments, name, assignment.Right, model);
                        break;
                    case VariableDeclaratorSyntax { Initializer: { } initializer, Parent.Parent: FieldDeclarationSyntax } field:
                        Add(assignments, field.Identifier.ValueText, initializer.Value, model);
                        break;
                    case PropertyDeclarationSyntax { Initializer: { } initializer } property:
                        Add(assignments, property.Identifier.ValueText, initializer.Value, model);
                        break;
                    case InvocationExpressionSyntax call when AddedTo(call) is { } list && TargetName(list) is { } name:
                        foreach (var value in AddedBy(call))
                        {
                            Add(additions, name, value, model);
                        }

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

        found.IsAssigned = assignments.ContainsKey(member.Name) || additions.ContainsKey(member.Name);
        foreach (var (value, model) in Leaves(member, memberType))
        {
            token.ThrowIfCancellationRequested();
            if (model.GetTypeInfo(value).Type is { } type && ((element is not null && ModuleTypes.ElementOfList(type) is not null) || !found.Note(type)))
            {
                found.HasUnknown = true;
            }
        }

        return found;
    }

    /// <summary>
    /// The expressions that make what a member holds, in the order of the source: for a list those of its elements. What the class does not show is given
    /// as the expression that hides it.
    /// </summary>
    /// <param name="member">A property or field of the class.</param>
    /// <param name="memberType">Its type.</param>
    public IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> Leaves(ISymbol member, ITypeSymbol memberType)
    {
        var isList = ModuleTypes.ElementOfList(memberType) is not null;
        var assigned = Values(assignments, member.Name).SelectMany(v => isList ? AssignedLeaves.OfList(v.Value, v.Model) : AssignedLeaves.Of(v.Value, v.Model));
        return isList ? assigned.Concat(Values(additions, member.Name).SelectMany(v => AssignedLeaves.Of(v.Value, v.Model))) : assigned;
    }

    /// <summary>The locals that are written where a member is assigned or filled.</summary>
    /// <param name="member">A property or field of the class.</param>
    public IEnumerable<(IdentifierNameSyntax Value, SemanticModel Model)> LocalsOf(ISymbol member) =>
        Values(assignments, member.Name).Concat(Values(additions, member.Name))
        .SelectMany(v => v.Value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => (name, v.Model)))
        .Where(
            v => v.Model.GetSymbolInfo(v.name).Symbol is ILocalSymbol { Type: { } type }
                && (type.IsOrDerivesFrom(MetadataNames.Module) || type.IsOrDerivesFrom(MetadataNames.Tensor)));

    /// <summary>True if the class assigns or fills a member of this name.</summary>
    /// <param name="name">Name of a member, perhaps of a base class.</param>
    public bool Assigns(string name) => assignments.ContainsKey(name) || additions.ContainsKey(name);

    /// <summary>The expressions that are added to a list after it stands in its member: the setter has wrapped what was in it before.</summary>
    /// <param name="member">A property or field of the class.</param>
    public IEnumerable<ExpressionSyntax> AddedTo(ISymbol member) => Values(additions, member.Name).Select(v => v.Value);

    /// <summary>The expressions that are assigned to a member as they are written.</summary>
    /// <param name="member">A property or field of the class.</param>
    public IEnumerable<ExpressionSyntax> AssignedTo(ISymbol member) => Values(assignments, member.Name).Select(v => v.Value);

    /// <summary>The expressions that make the layers which are assigned to a member, as far as they can be seen.</summary>
    /// <param name="member">A property or field of the class.</param>
    /// <param name="memberType">Its type.</param>
    public IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> LayersOf(ISymbol member, ITypeSymbol memberType) => Leaves(member, memberType)
        .Where(
            v => v.Value is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                && LayerKindFacts.Of(v.Model.GetTypeInfo(v.Value).Type) is not null);

    /// <summary>The list to which a call adds modules; null if it is no such call.</summary>
    internal static ExpressionSyntax? AddedTo(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "append" or "Insert" } access ? access.Expression : null;

    /// <summary>What such a call adds.</summary>
    internal static IEnumerable<ExpressionSyntax> AddedBy(InvocationExpressionSyntax call)
    {
        var isInsert = call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Insert" };
        return call.ArgumentList.Arguments.Skip(isInsert ? 1 : 0).Select(a => a.Expression);
    }

    private static IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> Values(
        Dictionary<string, List<(ExpressionSyntax Value, SemanticModel Model)>> of, string name) => of.TryGetValue(name, out var values) ? values : [];

    private static void Add(
        Dictionary<string, List<(ExpressionSyntax Value, SemanticModel Model)>> to, string name, ExpressionSyntax value, SemanticModel model)
    {
        if (!to.TryGetValue(name, out var values))
        {
            to[name] = values = [];
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
}
