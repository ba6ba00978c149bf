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
using Microsoft.CodeAnalysis.Formatting;
using Reparam.Generators.Diagnostics;

namespace Reparam.CodeFixes;

/// <summary>RP0040: writes the call that a training loop lacks.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddStepCallFix)), Shared]
public sealed class AddStepCallFix : CodeFixProvider
{
    private const string Namespace = "Reparam.Training";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.MissingStepCallId];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<InvocationExpressionSyntax>()
                is not { Expression: MemberAccessExpressionSyntax access } call
                || !diagnostic.Properties.TryGetValue(DiagnosticDescriptors.Call, out var name)
                || !diagnostic.Properties.TryGetValue(DiagnosticDescriptors.Model, out var model))
            {
                continue;
            }

            // A term goes around the loss; the other calls are statements of their own, which have a place only after a statement.
            var isTerm = name == "AddReparamLoss";
            if (isTerm || call.Parent is ExpressionStatementSyntax { Parent: BlockSyntax or GlobalStatementSyntax })
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Call {model}.{name}", token => ApplyAsync(context.Document, call, access, model!, name!, isTerm, token),
                        $"{nameof(AddStepCallFix)}.{name}"),
                    diagnostic);
            }
        }
    }

    private static async Task<Document> ApplyAsync(
        Document document, InvocationExpressionSyntax call, MemberAccessExpressionSyntax access, string model, string name, bool isTerm,
        CancellationToken token)
    {
        var root = (CompilationUnitSyntax)(await document.GetSyntaxRootAsync(token).ConfigureAwait(false))!;
        var semantics = await document.GetSemanticModelAsync(token).ConfigureAwait(false);
        var probe = SyntaxFactory.ParseExpression($"{model}.{name}({(isTerm ? "null!" : "")})");
        var isKnown = semantics!.GetSpeculativeSymbolInfo(call.SpanStart, probe, SpeculativeBindingOption.BindAsExpression).Symbol is not null;
        if (isTerm)
        {
            var term = SyntaxFactory.ParseExpression($"{model}.{name}({access.Expression.WithoutTrivia()})").WithTriviaFrom(access.Expression);
            root = root.ReplaceNode(access.Expression, term);
        }
        else
        {
            var statement = (ExpressionStatementSyntax)call.Parent!;
            var added = SyntaxFactory.ParseStatement($"{model}.{name}();").WithAdditionalAnnotations(Formatter.Annotation)
                .WithLeadingTrivia(
                    statement.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia))).WithTrailingTrivia(statement.GetTrailingTrivia());
            root = statement.Parent is GlobalStatementSyntax global
                ? root.InsertNodesAfter(global, [SyntaxFactory.GlobalStatement(added)])
                : root.InsertNodesAfter(statement, [added]);
        }

        if (!isKnown && root.Usings.All(u => u.Name?.ToString() != Namespace))
        {
            root = root.AddUsings(SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(" " + Namespace)).WithTrailingTrivia(SyntaxFactory.LineFeed));
        }

        return document.WithSyntaxRoot(root);
    }
}
