using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Twins;

/// <summary>
/// The user's files without bodies and initial values: all that a twin can name, and next to nothing to compile. Each file is stripped once, however many
/// compilations it is part of.
/// </summary>
internal sealed class BareTrees : CSharpSyntaxRewriter
{
    private static readonly ConditionalWeakTable<SyntaxTree, SyntaxTree> Known = new();
    private static readonly BareTrees Rewriter = new();
    private static readonly ThrowExpressionSyntax Throw = SyntaxFactory.ThrowExpression(SyntaxFactory.LiteralExpression(SyntaxKind.NullLiteralExpression));
    private static readonly BlockSyntax Body = SyntaxFactory.Block(SyntaxFactory.ThrowStatement(Throw.Expression));

    private BareTrees()
    {
    }

    /// <summary>
    /// How stripped files are parsed, and what is compiled with them. Whether a value may be null is only ever a warning, so nobody looks for it.
    /// </summary>
    /// <param name="options">How the user's files are parsed.</param>
    public static CSharpParseOptions Options(CSharpParseOptions options) => options.WithDocumentationMode(DocumentationMode.None)
        .WithFeatures([.. options.Features, new KeyValuePair<string, string>("run-nullable-analysis", "never")]);

    /// <summary>A file without bodies.</summary>
    /// <param name="tree">A file of the user's.</param>
    public static SyntaxTree Of(SyntaxTree tree) => Known.GetValue(tree, static t =>
        t.WithRootAndOptions(Rewriter.Visit(t.GetRoot()), Options((CSharpParseOptions)t.Options)));

    /// <inheritdoc/>
    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) => node.Body is null ? WithoutArrow(node) : node.WithBody(Body);

    /// <inheritdoc/>
    public override SyntaxNode? VisitOperatorDeclaration(OperatorDeclarationSyntax node) => node.Body is null ? WithoutArrow(node) : node.WithBody(Body);

    /// <inheritdoc/>
    public override SyntaxNode? VisitConversionOperatorDeclaration(ConversionOperatorDeclarationSyntax node) =>
        node.Body is null ? WithoutArrow(node) : node.WithBody(Body);

    /// <inheritdoc/>
    public override SyntaxNode? VisitDestructorDeclaration(DestructorDeclarationSyntax node) => node.Body is null ? WithoutArrow(node) : node.WithBody(Body);

    /// <inheritdoc/>
    public override SyntaxNode? VisitConstructorDeclaration(ConstructorDeclarationSyntax node)
    {
        var bare = node.WithInitializer(null);
        return bare.Body is null ? WithoutArrow(bare) : bare.WithBody(Body);
    }

    /// <inheritdoc/>
    public override SyntaxNode? VisitAccessorDeclaration(AccessorDeclarationSyntax node) => node.Body is null ? WithoutArrow(node) : node.WithBody(Body);

    /// <inheritdoc/>
    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        // An automatic property stays one; what it starts with does not matter.
        var bare = node.Initializer is null ? node : node.WithInitializer(null).WithSemicolonToken(default);
        return bare.AccessorList is { } accessors ? bare.WithAccessorList((AccessorListSyntax)Visit(accessors)!) : WithoutArrow(bare);
    }

    /// <inheritdoc/>
    public override SyntaxNode? VisitIndexerDeclaration(IndexerDeclarationSyntax node) =>
        node.AccessorList is { } accessors ? node.WithAccessorList((AccessorListSyntax)Visit(accessors)!) : WithoutArrow(node);

    /// <inheritdoc/>
    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node) => node.Modifiers.Any(SyntaxKind.ConstKeyword)
        ? node
        : node.WithDeclaration(node.Declaration.WithVariables(
            SyntaxFactory.SeparatedList(node.Declaration.Variables.Select(v => v.WithInitializer(null)), node.Declaration.Variables.GetSeparators())));

    /// <inheritdoc/>
    public override SyntaxNode? VisitEventFieldDeclaration(EventFieldDeclarationSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode? VisitEnumDeclaration(EnumDeclarationSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode? VisitDelegateDeclaration(DelegateDeclarationSyntax node) => node;

    // What a struct keeps may hang on its bodies: parameters that they capture, fields behind properties.
    /// <inheritdoc/>
    public override SyntaxNode? VisitStructDeclaration(StructDeclarationSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode? VisitRecordDeclaration(RecordDeclarationSyntax node) =>
        node.IsKind(SyntaxKind.RecordStructDeclaration) ? node : base.VisitRecordDeclaration(node);

    /// <inheritdoc/>
    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode? VisitParameterList(ParameterListSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode? VisitUsingDirective(UsingDirectiveSyntax node) => node;

    private static T WithoutArrow<T>(T node)
        where T : SyntaxNode => node.ChildNodes().OfType<ArrowExpressionClauseSyntax>().FirstOrDefault() is { } arrow
        ? node.ReplaceNode(arrow, arrow.WithExpression(Throw))
        : node;
}
