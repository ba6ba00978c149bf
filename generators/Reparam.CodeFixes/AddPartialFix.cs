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

/// <summary>RP0001 and RP0005: writes <c>partial</c> on a class or a property.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddPartialFix)), Shared]
public sealed class AddPartialFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [DiagnosticDescriptors.ClassNotPartialId, DiagnosticDescriptors.PropertyNotPartialId];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var member = root?.FindNode(context.Span).AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault();

        // A partial property has neither an initializer nor a body in its definition: what it means must be decided by its author.
        if (member is null or PropertyDeclarationSyntax { Initializer: not null } or PropertyDeclarationSyntax { ExpressionBody: not null })
        {
            return;
        }

        context.RegisterCodeFix(
            CodeAction.Create("Make it partial", token => ApplyAsync(context.Document, member, token), nameof(AddPartialFix)),
            context.Diagnostics);
    }

    private static async Task<Document> ApplyAsync(Document document, MemberDeclarationSyntax member, CancellationToken token)
    {
        var root = await document.GetSyntaxRootAsync(token).ConfigureAwait(false);

        // `partial` stands last, directly before `class` or the type.
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        var changed = member.Modifiers.Any()
            ? member.WithModifiers(member.Modifiers.Add(partial))
            : member.WithoutLeadingTrivia().WithModifiers([partial]).WithLeadingTrivia(member.GetLeadingTrivia());
        return document.WithSyntaxRoot(root!.ReplaceNode(member, changed));
    }
}
