using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Layers.Contents;

/// <summary>
/// What the source of a class does with its members, locals and parameters, as far as they may hold modules. The object itself stands under its class.
/// </summary>
internal sealed class SourceChanges
{
    private readonly Dictionary<ISymbol, List<SourceChange>> changes = new(SymbolEqualityComparer.Default);

    /// <summary>Reads all parts of a class.</summary>
    /// <param name="type">A class with source.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="token">Stops the work.</param>
    public SourceChanges(INamedTypeSymbol type, Compilation compilation, CancellationToken token)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            token.ThrowIfCancellationRequested();
            if (reference.GetSyntax(token) is TypeDeclarationSyntax part && compilation.ContainsSyntaxTree(part.SyntaxTree))
            {
                Read(part, type, compilation.BoundModelOf(part.SyntaxTree));
            }
        }
    }

    /// <summary>What is done with a variable, in the order of the source.</summary>
    /// <param name="variable">A member, local or parameter, or the class for the object itself.</param>
    public IReadOnlyList<SourceChange> Of(ISymbol variable) => changes.TryGetValue(variable.OriginalDefinition, out var found) ? found : [];

    private void Read(TypeDeclarationSyntax part, INamedTypeSymbol type, SemanticModel model)
    {
        if (part.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } primary)
        {
            GiveToBase(type, primary.ArgumentList, primary, model);
        }

        foreach (var node in part.DescendantNodes(inner => inner == part || inner is not TypeDeclarationSyntax))
        {
            switch (node)
            {
                case ConstructorInitializerSyntax { RawKind: (int)SyntaxKind.BaseConstructorInitializer } initializer:
                    GiveToBase(type, initializer.ArgumentList, initializer, model);
                    break;
                case VariableDeclaratorSyntax { Initializer: { } initializer } declarator when model.GetDeclaredSymbol(declarator) is { } declared:
                    Add(declared, new SourceChange(SourceChangeKind.Assigned, null, initializer.Value, declarator, model));
                    break;
                case PropertyDeclarationSyntax { Initializer: { } initializer } property when model.GetDeclaredSymbol(property) is { } declared:
                    Add(declared, new SourceChange(SourceChangeKind.Assigned, null, initializer.Value, property, model));
                    break;
                case AssignmentExpressionSyntax
                {
                    RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression
                } assignment:
                    ReadAssignment(assignment.Left, assignment.Right, assignment, model);
                    break;
                case InvocationExpressionSyntax call:
                    ReadCall(call, type, model);
                    break;
            }
        }
    }

    private void ReadAssignment(ExpressionSyntax target, ExpressionSyntax value, SyntaxNode place, SemanticModel model)
    {
        switch (target)
        {
            case TupleExpressionSyntax targets when value is TupleExpressionSyntax values && targets.Arguments.Count == values.Arguments.Count:
                for (var i = 0; i < targets.Arguments.Count; i++)
                {
                    ReadAssignment(targets.Arguments[i].Expression, values.Arguments[i].Expression, place, model);
                }

                break;
            case ElementAccessExpressionSyntax element when Variable(element.Expression, model) is { } variable:
                Add(variable, new SourceChange(SourceChangeKind.Put, element.ArgumentList.Arguments.FirstOrDefault()?.Expression, value, place, model));
                break;
            case not ElementAccessExpressionSyntax when Variable(target, model) is { } variable:
                Add(variable, new SourceChange(SourceChangeKind.Assigned, null, value, place, model));
                break;
        }
    }

    private void ReadCall(InvocationExpressionSyntax call, INamedTypeSymbol type, SemanticModel model)
    {
        var (target, name) = call.Expression switch
        {
            MemberAccessExpressionSyntax access => (access.Expression, access.Name.Identifier.ValueText),
            SimpleNameSyntax simple => (null, simple.Identifier.ValueText),
            _ => ((ExpressionSyntax?)null, ""),
        };
        var arguments = call.ArgumentList.Arguments;
        SourceChangeKind? kind = name switch
        {
            "Add" or "append" or "Append" or "Insert" or "TryAdd" or "Push" or "Enqueue" => SourceChangeKind.Added,
            "extend" or "AddRange" or "InsertRange" => SourceChangeKind.AddedAll,
            "register_module" or "add_module" => SourceChangeKind.Registered,
            _ => null,
        };
        if (kind is { } known && arguments.Count is 1 or 2 && VariableOrSelf(target, type, model) is { } variable)
        {
            if (target is not null || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { DeclaringSyntaxReferences.Length: > 0 })
            {
                ReadAdded(known, variable, name, arguments, call, model);
                return;
            }
        }

        ReadHandedOn(arguments, model);
    }

    private void ReadAdded(
        SourceChangeKind kind, ISymbol variable, string method, SeparatedSyntaxList<ArgumentSyntax> arguments, InvocationExpressionSyntax call,
        SemanticModel model)
    {
        // Several modules may be appended by one call, and a name may stand before one.
        var first = arguments[0].Expression;
        if (arguments.Count == 1)
        {
            Add(variable, new SourceChange(kind, null, first, call, model));
        }
        else if (kind == SourceChangeKind.Added && model.GetTypeInfo(first).Type.IsOrDerivesFrom(MetadataNames.Module))
        {
            Add(variable, new SourceChange(kind, null, first, call, model));
            Add(variable, new SourceChange(kind, null, arguments[1].Expression, call, model));
        }
        else
        {
            var place = method is "Insert" or "InsertRange" ? SourceChangeKind.Put : kind;
            Add(variable, new SourceChange(place, first, arguments[1].Expression, call, model));
        }
    }

    private void ReadHandedOn(SeparatedSyntaxList<ArgumentSyntax> arguments, SemanticModel model)
    {
        foreach (var argument in arguments)
        {
            if (Variable(argument.Expression, model) is { } variable && ContentTypes.IsCollection(TypeOf(variable)))
            {
                Add(variable, new SourceChange(SourceChangeKind.HandedOn, null, argument.Expression, argument, model));
            }
        }
    }

    private void GiveToBase(INamedTypeSymbol type, ArgumentListSyntax arguments, SyntaxNode place, SemanticModel model)
    {
        foreach (var argument in arguments.Arguments)
        {
            Add(type, new SourceChange(SourceChangeKind.GivenToBase, null, argument.Expression, place, model));
        }
    }

    private void Add(ISymbol variable, SourceChange change)
    {
        if (!changes.TryGetValue(variable.OriginalDefinition, out var list))
        {
            changes[variable.OriginalDefinition] = list = [];
        }

        // The calls of a chain are met from the last to the first.
        var at = list.FindIndex(other => other.Place.SyntaxTree == change.Place.SyntaxTree && Start(other) > Start(change));
        list.Insert(at < 0 ? list.Count : at, change);
    }

    private static int Start(SourceChange change) => (change.Value ?? change.Place).SpanStart;

    // A chain of calls fills the container at its start.
    private static ISymbol? VariableOrSelf(ExpressionSyntax? target, INamedTypeSymbol type, SemanticModel model)
    {
        while (target is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "append" } inner })
        {
            target = inner.Expression;
        }

        return target is null or ThisExpressionSyntax or BaseExpressionSyntax ? type : Variable(target, model);
    }

    // Only members of the object itself: x.Query of another x is not ours.
    private static ISymbol? Variable(ExpressionSyntax expression, SemanticModel model)
    {
        expression = expression switch
        {
            PostfixUnaryExpressionSyntax forgiven => forgiven.Operand,
            ParenthesizedExpressionSyntax inner => inner.Expression,
            _ => expression,
        };
        var name = expression switch
        {
            IdentifierNameSyntax own => own,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax, Name: IdentifierNameSyntax own } => own,
            _ => null,
        };
        return name is not null && model.GetSymbolInfo(name).Symbol is (IFieldSymbol or IPropertySymbol or ILocalSymbol or IParameterSymbol) and { } symbol
            ? symbol
            : null;
    }

    private static ITypeSymbol? TypeOf(ISymbol variable) => variable switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        _ => null,
    };
}
