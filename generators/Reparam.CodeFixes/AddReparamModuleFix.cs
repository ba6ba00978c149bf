using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;

namespace Reparam.CodeFixes;

/// <summary>RP0003 and RP0004: writes <c>[ReparamModule]</c> on the class around an annotation, or on the class of a child.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddReparamModuleFix)), Shared]
public sealed class AddReparamModuleFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.UnmarkedClassId, DiagnosticDescriptors.UnmarkedChildId];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan);
            var declaration = diagnostic.Id == DiagnosticDescriptors.UnmarkedClassId
                ? node.AncestorsAndSelf().OfType<ClassDeclarationSyntax>().FirstOrDefault()
                : ClassOfMember(node, model, context.CancellationToken);
            if (declaration is not null && document.Project.GetDocument(declaration.SyntaxTree) is { } target)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Mark '{declaration.Identifier.ValueText}' with [ReparamModule]", token => ApplyAsync(target, declaration, token),
                        nameof(AddReparamModuleFix)),
                    diagnostic);
            }
        }
    }

    private static ClassDeclarationSyntax? ClassOfMember(SyntaxNode node, SemanticModel model, CancellationToken token)
    {
        var type = node.AncestorsAndSelf().Select(n => model.GetDeclaredSymbol(n, token)).FirstOrDefault(s => s is IFieldSymbol or IPropertySymbol) switch
        {
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            _ => null,
        };
        var held = type is null ? null : ModuleTypes.ElementOfList(type) ?? type;
        return held?.DeclaringSyntaxReferences.Select(r => r.GetSyntax(token)).OfType<ClassDeclarationSyntax>().FirstOrDefault();
    }

    private static async Task<Document> ApplyAsync(Document document, ClassDeclarationSyntax declaration, CancellationToken token)
    {
        var root = await document.GetSyntaxRootAsync(token).ConfigureAwait(false);
        var source = await document.GetTextAsync(token).ConfigureAwait(false);
        var indentation = declaration.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        var newLine = SyntaxFactory.EndOfLine(source.ToString().Contains("\r\n") ? "\r\n" : "\n");
        var attribute = SyntaxFactory.AttributeList([SyntaxFactory.Attribute(SyntaxFactory.IdentifierName("ReparamModule"))])
            .WithLeadingTrivia(declaration.GetLeadingTrivia())
            .WithTrailingTrivia(newLine);
        var rest = declaration.WithLeadingTrivia(indentation);
        return document.WithSyntaxRoot(root!.ReplaceNode(declaration, rest.WithAttributeLists(rest.AttributeLists.Insert(0, attribute))));
    }
}
