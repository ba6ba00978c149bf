using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;
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
        check = new OperationCheck(context, owner, calls, namespaces, (place, symbol, reason) => Fail(place.GetLocation(), symbol, reason), Leave);
    }

    /// <summary>The edits so far.</summary>
    public SourceEdits Edits { get; } = new();

    /// <summary>What could not be translated.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>What would not compile in the bodies, so that they are written as ones that throw; null if they compile.</summary>
    public Finding? Broken { get; set; }

    /// <summary>True for an override that only training calls: it is left out where it cannot be translated.</summary>
    public bool IsForTraining { get; private set; }

    /// <summary>Members and types that the text names.</summary>
    public HashSet<ISymbol> Uses { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Rewrites what stands in the head of a class, struct or record with a primary constructor: its parameters, and what its base gets.</summary>
    public void VisitHeader(TypeDeclarationSyntax node)
    {
        Bind(node);
        Visit(node.ParameterList);
        if (node.BaseList?.Types.FirstOrDefault() is PrimaryConstructorBaseTypeSyntax call)
        {
            if (calls.TryGetValue(call, out var counterpart))
            {
                NameArguments(call.ArgumentList.Arguments, counterpart);
            }

            Visit(call.ArgumentList);
        }
    }

    /// <inheritdoc/>
    public override void VisitEnumDeclaration(EnumDeclarationSyntax node)
    {
        RenameType(node.Modifiers, node.EnumKeyword, node.Identifier);
        base.VisitEnumDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitDelegateDeclaration(DelegateDeclarationSyntax node)
    {
        RenameType(node.Modifiers, node.DelegateKeyword, node.Identifier);
        base.VisitDelegateDeclaration(node);
    }

    /// <inheritdoc/>
    public override void VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (IsLeftOut(node, node.Identifier))
        {
            return;
        }

        Bind(node);
        RewriteDeclaration(node, node.Modifiers, node.Identifier);
        if (node is { Body: null, ExpressionBody: null } && node.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            WriteUnimplemented(node);
        }

        if (model.GetDeclaredSymbol(node, cancellation) is { IsExtensionMethod: true } extension && HidesOriginal(extension))
        {
            foreach (var modifier in node.ParameterList.Parameters[0].Modifiers.Where(m => m.IsKind(SyntaxKind.ThisKeyword)))
            {
                Edits.Replace(modifier.Span, "");
            }
        }

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
        if (IsLeftOut(node, node.Identifier))
        {
            return;
        }

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
                LetReplace(node, field);
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
    public override void VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (!LeavesOut(node))
        {
            base.VisitExpressionStatement(node);
        }
    }

    /// <inheritdoc/>
    public override void VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node)
    {
        if (!LeavesOut(node))
        {
            base.VisitLocalDeclarationStatement(node);
        }
    }

    /// <inheritdoc/>
    public override void VisitAttributeList(AttributeListSyntax node) => Edits.Replace(node.Span, "");

    /// <inheritdoc/>
    public override void VisitNameColon(NameColonSyntax node)
    {
        // In { shape: … } the name is a member; elsewhere it is a parameter or an element of a tuple.
        if (node.Parent is SubpatternSyntax subpattern)
        {
            Visit(node.Name);
            KeepArray(subpattern, node.Name);
        }
    }

    /// <inheritdoc/>
    public override void VisitNameEquals(NameEqualsSyntax node)
    {
    }

    /// <summary>Reports that a symbol cannot be translated.</summary>
    public void Fail(SyntaxNode place, ISymbol symbol) => Fail(place.GetLocation(), symbol);

    private void Fail(Location location, ISymbol symbol, string reason = "")
    {
        if (Findings.Any(f => f.Location == location))
        {
            return;
        }

        var display = symbol.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
        Findings.Add(Refused(symbol) is { } refused
            ? new Finding(TwinDiagnostics.BecauseRefused, location, owner.ToDisplayString(), refused) { Refused = refused }
            : ForeignHelper(symbol) is { } helper
            ? new Finding(TwinDiagnostics.ForeignHelper, location, display, helper.ContainingAssembly.Name)
            : new Finding(TwinDiagnostics.NoCounterpart, location, display, reason)
            {
                IsConsequence = symbol is not INamedTypeSymbol && symbol.ContainingType is { } type && IsOurs(type) && StructureFacts.FoldedOf(type) is null
            });
    }

    // The compiler's own error at the user's code says it; the emitted code does not repeat it.
    private void Leave(SyntaxNode place) =>
        Findings.Add(new Finding(TwinDiagnostics.NoCounterpart, place.GetLocation(), place.ToString(), "") { IsConsequence = true });

    private bool IsOurs(INamedTypeSymbol type) => context.Marked.IsOwn(type) && context.Marked.TakesPart(type);

    // The first type of this compilation that a symbol names and that has no twin; null if there is none.
    private string? Refused(ISymbol symbol) => (symbol is ITypeSymbol type ? TakesPart.Parts(type) : TakesPart.Parts(symbol.ContainingType))
        .FirstOrDefault(t => IsOurs(t) && StructureFacts.FoldedOf(t) is null && !context.Marked.HasTwin(t))?.ToDisplayString();

    // The type of another library that works on tensors and has no twin; null if it is TorchSharp's own or has source.
    private static INamedTypeSymbol? ForeignHelper(ISymbol symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
        return type is null || type.DeclaringSyntaxReferences.Length > 0 || type.IsMarked() || TakesPart.Parts(type).Any(TypeMap.IsTorch) ? null : type;
    }

    private bool LeavesOut(StatementSyntax statement)
    {
        var isLeftOut = context.TrainingObjects.IsLeftOut(model.GetOperation(statement, cancellation));
        if (isLeftOut)
        {
            Edits.Replace(statement.Span, "{ }");
        }

        return isLeftOut;
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

    // An override of the training side is told once, at its name; its body does not matter.
    private bool IsLeftOut(MemberDeclarationSyntax node, SyntaxToken identifier)
    {
        if (!node.Modifiers.Any(SyntaxKind.OverrideKeyword) || model.GetDeclaredSymbol(node, cancellation) is not { } member)
        {
            return false;
        }

        IsForTraining = context.IsForTraining(member);
        if (!context.IsLeftOut(member))
        {
            return false;
        }

        Fail(identifier.GetLocation(), context.OverriddenTorchMember(member)!);
        return true;
    }

    // A weight that is a buffer is replaced by a form that may be packed when the components are visited.
    private void LetReplace(FieldDeclarationSyntax node, ISymbol field)
    {
        if (node.Modifiers.FirstOrDefault(m => m.IsKind(SyntaxKind.ReadOnlyKeyword)) is { RawKind: not 0 } modifier
            && SymbolEqualityComparer.Default.Equals(field, OwnWeight.Of(owner, context.Compilation, cancellation)))
        {
            Edits.Replace(modifier.Span, "");
        }
    }

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

        if (context.OverriddenCounterpart(member) is { } counterpart)
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

    /// <summary>Makes a private member visible to the twins of nested classes, which stand beside those classes and not in the twin around.</summary>
    public void LetIn(MemberDeclarationSyntax member)
    {
        var access = member.Modifiers.Where(IsAccess).ToArray();
        var isDeclaredOtherwise = member is DestructorDeclarationSyntax or OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax
            or BaseTypeDeclarationSyntax or DelegateDeclarationSyntax || member.ChildNodes().OfType<ExplicitInterfaceSpecifierSyntax>().Any();
        if (isDeclaredOtherwise || (member is ConstructorDeclarationSyntax && member.Modifiers.Any(SyntaxKind.StaticKeyword)))
        {
            return;
        }

        if (access.Length == 0)
        {
            Edits.InsertBefore(member.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList)).SpanStart, "internal ");
        }
        else if (access.Length == 1 && access[0].IsKind(SyntaxKind.PrivateKeyword))
        {
            Edits.Replace(access[0].Span, "internal");
        }

        foreach (var accessor in (member as BasePropertyDeclarationSyntax)?.AccessorList?.Accessors ?? [])
        {
            foreach (var modifier in accessor.Modifiers.Where(m => m.IsKind(SyntaxKind.PrivateKeyword)))
            {
                Edits.Replace(modifier.Span, "");
            }
        }
    }

    // A partial method that nobody implements does nothing; what another generator implements cannot be seen.
    private void WriteUnimplemented(MethodDeclarationSyntax node)
    {
        Edits.Replace(node.SemicolonToken.Span, " { }");
        if (model.GetDeclaredSymbol(node, cancellation) is { } method && (!method.ReturnsVoid || node.Modifiers.Any(IsAccess)))
        {
            Edits.Replace(node.SemicolonToken.Span, " => throw new global::System.NotSupportedException();");
            var display = method.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
            Findings.Add(new Finding(TwinDiagnostics.NoCounterpart, node.Identifier.GetLocation(), display, ""));
        }
    }

    private static bool IsAccess(SyntaxToken modifier) => modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword
        or SyntaxKind.ProtectedKeyword or SyntaxKind.PrivateKeyword;

    // A type that is taken over as a whole; its twin has the twin's name and access.
    private void RenameType(SyntaxTokenList modifiers, SyntaxToken keyword, SyntaxToken identifier)
    {
        var access = MemberText.Access(owner);
        foreach (var modifier in modifiers.Where(m => IsAccess(m) || m.IsKind(SyntaxKind.FileKeyword)))
        {
            Edits.Replace(modifier.Span, access.TrimEnd());
            access = "";
        }

        Edits.InsertBefore(modifiers.Count > 0 ? modifiers[0].SpanStart : keyword.SpanStart, access);
        Edits.Replace(identifier.Span, context.Marked.NameOf(owner));
    }

    private void RenameToTwin(SyntaxNode? declaring, SyntaxToken identifier)
    {
        if (declaring == OwnerOf(identifier.Parent!))
        {
            Edits.Replace(identifier.Span, context.Marked.NameOf(owner));
        }
    }
}
