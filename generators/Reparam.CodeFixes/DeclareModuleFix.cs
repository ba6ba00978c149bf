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

/// <summary>RP0006 and RP0020: declares a member as <c>Module&lt;Tensor, Tensor&gt;</c> in the place of the layer's own class.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareModuleFix)), Shared]
public sealed class DeclareModuleFix : CodeFixProvider
{
    private static readonly string[] Layers = ["Linear", "Conv1d", "Conv2d", "Embedding"];

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.PropertyFormId, DiagnosticDescriptors.CannotHoldId];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var member = root?.FindNode(context.Span).AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault();
        var type = member switch
        {
            BaseFieldDeclarationSyntax field => field.Declaration.Type,
            PropertyDeclarationSyntax property => property.Type,
            _ => null,
        };
        if (LayerIn(type) is { } layer)
        {
            context.RegisterCodeFix(
                CodeAction.Create("Declare it Module<Tensor, Tensor>", token => ApplyAsync(context.Document, layer, token), nameof(DeclareModuleFix)),
                context.Diagnostics);
        }
    }

    // The layer's class itself, or the element of a list, an array or a dictionary.
    private static TypeSyntax? LayerIn(TypeSyntax? type) => type?.DescendantNodesAndSelf().OfType<SimpleNameSyntax>()
        .Where(name => Layers.Contains(name.Identifier.ValueText))
        .Select(name => name.Parent is QualifiedNameSyntax qualified && qualified.Right == name ? qualified : (TypeSyntax)name).LastOrDefault();

    private static async Task<Document> ApplyAsync(Document document, TypeSyntax layer, CancellationToken token)
    {
        var root = await document.GetSyntaxRootAsync(token).ConfigureAwait(false);
        var declared = SyntaxFactory.ParseTypeName("Module<Tensor, Tensor>").WithTriviaFrom(layer);
        return document.WithSyntaxRoot(root!.ReplaceNode(layer, declared));
    }
}
