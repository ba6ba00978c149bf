using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;
using Reparam.Generators.Twins.Fusion;

namespace Reparam.Generators.Twins;

/// <summary>
/// Re-binds one member of a marked class: collects the edits that turn its source into the twin's. Each body is bound once, as a tree of
/// operations; names are then looked up in it.
/// </summary>
internal sealed partial class MemberRewriter : CSharpSyntaxWalker
{
    private readonly TwinContext context;
    private readonly SemanticModel model;
    private readonly INamedTypeSymbol owner;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<SyntaxNode, ISymbol> calls = [];
    private readonly OperationCheck check;
    private readonly BodyFusions fusions;

    public MemberRewriter(TwinContext context, SemanticModel model, INamedTypeSymbol owner, ISet<string> namespaces, CancellationToken cancellation)
    {
        this.context = context;
        this.model = model;
        this.owner = owner;
        this.cancellation = cancellation;
        fusions = new BodyFusions(context, owner);
        check = new OperationCheck(context, owner, calls, namespaces, Fail, Leave);
    }

    /// <summary>The edits so far.</summary>
    public SourceEdits Edits { get; } = new();

    /// <summary>What could not be translated.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Members of the marked class that the bodies use.</summary>
    public HashSet<ISymbol> Uses { get; } = new(SymbolEqualityComparer.Default);

    /// <inheritdoc/>
    public override void VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        Bind(node);
        RewriteDeclaration(node, node.Modifiers, node.Identifier);
        if (!FuseBody(node))
        {
            AddResidual(node);
            base.VisitMethodDeclaration(node);
            JoinCalls();
        }
    }

    /// <inheritdoc/>
    public override void VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        RewriteDeclaration(node, node.Modifiers, node.Identifier);
        base.VisitPropertyDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitIndexerDeclaration(IndexerDeclarationSyntax node)
    {
        RemoveModifiers(node.Modifiers);
        base.VisitIndexerDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitConstructorDeclaration(ConstructorDeclarationSyntax node)
    {
        Bind(node);
        RemoveModifiers(node.Modifiers);
        RenameToTwin(node.Parent, node.Identifier);
        base.VisitConstructorDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitFieldDeclaration(FieldDeclarationSyntax node)
    {
        RemoveModifiers(node.Modifiers);
        foreach (var variable in node.Declaration.Variables)
        {
            if (model.GetDeclaredSymbol(variable, cancellation) is { } field)
            {
                Rename(variable.Identifier, field);
            }
        }

        base.VisitFieldDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitDestructorDeclaration(DestructorDeclarationSyntax node)
    {
        Bind(node);
        RenameToTwin(node.Parent, node.Identifier);
        base.VisitDestructorDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitOperatorDeclaration(OperatorDeclarationSyntax node)
    {
        Bind(node);
        base.VisitOperatorDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitConversionOperatorDeclaration(ConversionOperatorDeclarationSyntax node)
    {
        Bind(node);
        base.VisitConversionOperatorDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitAccessorDeclaration(AccessorDeclarationSyntax node)
    {
        if (node.Body is not null || node.ExpressionBody is not null)
        {
            Bind(node);
        }

        base.VisitAccessorDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitArrowExpressionClause(ArrowExpressionClauseSyntax node)
    {
        if (node.Parent is PropertyDeclarationSyntax or IndexerDeclarationSyntax)
        {
            Bind(node);
        }

        base.VisitArrowExpressionClause(node);
    }

    /// <inheritdoc/>
    public override void VisitEqualsValueClause(EqualsValueClauseSyntax node)
    {
        if (node.Parent is PropertyDeclarationSyntax or ParameterSyntax or EnumMemberDeclarationSyntax
            || node.Parent?.Parent?.Parent is FieldDeclarationSyntax)
        {
            Bind(node);
        }

        base.VisitEqualsValueClause(node);
    }

    /// <inheritdoc/>
    public override void VisitConstructorInitializer(ConstructorInitializerSyntax node)
    {
        if (calls.TryGetValue(node, out var counterpart))
        {
            NameArguments(node.ArgumentList.Arguments, counterpart);
        }

        base.VisitConstructorInitializer(node);
    }

    /// <inheritdoc/>
    public override void VisitAttributeList(AttributeListSyntax node) => Edits.Replace(node.Span, "");

    /// <inheritdoc/>
    public override void VisitNameColon(NameColonSyntax node)
    {
        // In { shape: … } the name is a member; elsewhere it is a parameter or an element of a tuple.
        if (node.Parent is SubpatternSyntax)
        {
            Visit(node.Name);
        }
    }

    /// <inheritdoc/>
    public override void VisitNameEquals(NameEqualsSyntax node)
    {
    }

    /// <summary>Reports that a symbol cannot be translated.</summary>
    public void Fail(SyntaxNode place, ISymbol symbol) => Fail(place.GetLocation(), symbol);

    private void Fail(Location location, ISymbol symbol)
    {
        if (Findings.Any(f => f.Location == location))
        {
            return;
        }

        var display = symbol.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
        Findings.Add(FileLocal(symbol) is { } hidden
            ? new Finding(TwinDiagnostics.FileLocal, location, display, hidden.Name)
            : Helper(symbol) is { } helper
            ? new Finding(TwinDiagnostics.UnmarkedHelper, location, display, helper.ToDisplayString())
            : new Finding(TwinDiagnostics.NoCounterpart, location, display)
            {
                IsConsequence = symbol.ContainingType is { } type && type.IsMarked() && context.Marked.IsOwn(type)
                    && StructureFacts.FoldedOf(type) is null
            });
    }

    // The compiler's own error at the user's code says it; the emitted code does not repeat it.
    private void Leave(SyntaxNode place) =>
        Findings.Add(new Finding(TwinDiagnostics.NoCounterpart, place.GetLocation(), place.ToString()) { IsConsequence = true });

    // The file-local type that keeps a symbol from being named in another file; null if there is none.
    private static INamedTypeSymbol? FileLocal(ISymbol symbol)
    {
        for (var type = symbol as INamedTypeSymbol ?? symbol.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsFileLocal)
            {
                return type;
            }
        }

        return (symbol as INamedTypeSymbol)?.TypeArguments.OfType<INamedTypeSymbol>().Select(FileLocal).FirstOrDefault(hidden => hidden is not null);
    }

    // The class that could be marked so that the symbol has a counterpart; null if it is TorchSharp's own or marked already.
    private static INamedTypeSymbol? Helper(ISymbol symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
        return type is null || TypeMap.IsTorch(type) || type.IsMarked() || type.DeclaringSyntaxReferences.Length == 0 ? null : type;
    }

    private void Bind(SyntaxNode root)
    {
        cancellation.ThrowIfCancellationRequested();
        if (model.GetOperation(root, cancellation) is { } operation)
        {
            check.Visit(operation);
            fusions.Find(operation);
        }
    }

    private SyntaxNode? OwnerOf(SyntaxNode member) =>
        owner.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == member.SyntaxTree && r.Span == member.Parent!.Span) ? member.Parent : null;

    private void RewriteDeclaration(MemberDeclarationSyntax node, SyntaxTokenList modifiers, SyntaxToken identifier)
    {
        RemoveModifiers(modifiers);
        if (model.GetDeclaredSymbol(node, cancellation) is not { } member)
        {
            return;
        }

        if (!modifiers.Any(SyntaxKind.OverrideKeyword) || context.OverriddenTorchMember(member) is not { } overridden)
        {
            Rename(identifier, member);
            return;
        }

        if (context.Table.Members(overridden).FirstOrDefault(m => (m.IsVirtual || m.IsAbstract || m.IsOverride)
                && CallMatcher.ParametersOf(m).Length == CallMatcher.ParametersOf(member).Length) is { } counterpart
            && counterpart.DeclaredAccessibility == member.DeclaredAccessibility)
        {
            Edits.Replace(identifier.Span, counterpart.Name);
        }
        else
        {
            Fail(identifier.GetLocation(), overridden);
        }
    }

    private void Rename(SyntaxToken identifier, ISymbol member)
    {
        if (context.NameInTwin(member) is var name && name != member.Name)
        {
            Edits.Replace(identifier.Span, name);
        }
    }

    // The twin is one class in one part. Whoever loads it has nothing to give to a member that is required: the constructor and the checkpoint fill it.
    private void RemoveModifiers(SyntaxTokenList modifiers)
    {
        foreach (var modifier in modifiers.Where(
            m => m.IsKind(SyntaxKind.PartialKeyword) || (m.IsKind(SyntaxKind.RequiredKeyword) && OwnerOf(m.Parent!) is not null)))
        {
            Edits.Replace(modifier.Span, "");
        }
    }

    private void RenameToTwin(SyntaxNode? declaring, SyntaxToken identifier)
    {
        if (declaring == OwnerOf(identifier.Parent!))
        {
            Edits.Replace(identifier.Span, owner.Name + TwinNames.Suffix);
        }
    }
}
