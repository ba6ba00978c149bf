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

namespace Reparam.CodeFixes;

/// <summary>RP0003: writes <c>[ReparamModule]</c> on the class around an annotation.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddReparamModuleFix)), Shared]
public sealed class AddReparamModuleFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.UnmarkedClassId];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null)
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan);
            var declaration = node.AncestorsAndSelf().OfType<ClassDeclarationSyntax>().FirstOrDefault();
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
