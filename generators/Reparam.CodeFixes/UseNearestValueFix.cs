using System.Collections.Immutable;
using System.Composition;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Diagnostics;

namespace Reparam.CodeFixes;

/// <summary>RP0007: replaces an argument by the nearest value in range.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseNearestValueFix)), Shared]
public sealed class UseNearestValueFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.OutOfRangeId];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is ExpressionSyntax argument
                && diagnostic.Properties.TryGetValue(DiagnosticDescriptors.NearestValue, out var nearest)
                && nearest is not null)
            {
                context.RegisterCodeFix(
                    CodeAction.Create($"Use {nearest}", token => ApplyAsync(context.Document, argument, nearest, token), nameof(UseNearestValueFix)),
                    diagnostic);
            }
        }
    }

    private static async Task<Document> ApplyAsync(Document document, ExpressionSyntax argument, string nearest, CancellationToken token)
    {
        var root = await document.GetSyntaxRootAsync(token).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(token).ConfigureAwait(false);
        var isSingle = model?.GetTypeInfo(argument, token).ConvertedType?.SpecialType == SpecialType.System_Single;
        var value = SyntaxFactory.ParseExpression(isSingle ? nearest + "f" : nearest).WithTriviaFrom(argument);
        return document.WithSyntaxRoot(root!.ReplaceNode(argument, value));
    }
}
