using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Reparam.CodeFixes;

namespace Reparam.Benchmarks.Survey;

/// <summary>
/// Applies the product's code fixes by machine: the first action that each diagnostic offers, one kind after the other, until nothing is offered.
/// </summary>
internal static class CodeFixRun
{
    private const int MaxRounds = 20;

    private static readonly ImmutableArray<CodeFixProvider> Providers =
    [
        .. typeof(AddPartialFix).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    /// <summary>The compilation after the fixes.</summary>
    /// <param name="marked">The marked sources.</param>
    /// <param name="applied">Gets the number of diagnostics fixed, by id.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static CSharpCompilation Apply(CSharpCompilation marked, Dictionary<string, int> applied, CancellationToken cancellation)
    {
        using var workspace = new AdhocWorkspace();
        var name = marked.AssemblyName!;
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), name, name, LanguageNames.CSharp, compilationOptions: marked.Options,
            parseOptions: SurveyProject.ParseOptions, metadataReferences: marked.References));
        foreach (var tree in marked.SyntaxTrees)
        {
            project = project.AddDocument(tree.FilePath, tree.GetText(cancellation), filePath: tree.FilePath).Project;
        }

        var withoutEffect = new HashSet<(CodeFixProvider, string?)>();
        for (var round = 0; round < MaxRounds; round++)
        {
            var run = ProductRun.Of((CSharpCompilation)project.GetCompilationAsync(cancellation).GetAwaiter().GetResult()!, cancellation);
            var offers = Offers(project, run, cancellation).GroupBy(offer => (offer.Provider, offer.Action.EquivalenceKey))
                .Where(group => !withoutEffect.Contains(group.Key)).OrderByDescending(group => group.Count()).FirstOrDefault();
            if (offers is null)
            {
                break;
            }

            var changed = ApplyAll(project, offers.Key.Provider, [.. offers], cancellation);
            if (changed is null)
            {
                withoutEffect.Add(offers.Key);
                continue;
            }

            project = changed;
            foreach (var offer in offers)
            {
                applied[offer.Diagnostic.Id] = applied.GetValueOrDefault(offer.Diagnostic.Id) + 1;
            }
        }

        return (CSharpCompilation)project.GetCompilationAsync(cancellation).GetAwaiter().GetResult()!;
    }

    private static IEnumerable<Offer> Offers(Project project, ProductRun run, CancellationToken cancellation)
    {
        var diagnostics = run.Product.Concat(run.CompilerErrors(cancellation).Sources);
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree || project.GetDocument(tree) is not { } document)
            {
                continue;
            }

            foreach (var provider in Providers.Where(provider => provider.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                CodeAction? first = null;
                var context = new CodeFixContext(document, diagnostic, (action, _) => first ??= action, cancellation);
                provider.RegisterCodeFixesAsync(context).GetAwaiter().GetResult();
                if (first is not null)
                {
                    yield return new Offer(provider, document, diagnostic, first);
                    break;
                }
            }
        }
    }

    // All diagnostics of one kind at once where the fix can; else the first alone.
    private static Project? ApplyAll(Project project, CodeFixProvider provider, Offer[] offers, CancellationToken cancellation)
    {
        var action = offers[0].Action;
        if (provider.GetFixAllProvider() is { } all && all.GetSupportedFixAllScopes().Contains(FixAllScope.Project))
        {
            var context = new FixAllContext(
                offers[0].Document, provider, FixAllScope.Project, action.EquivalenceKey!, offers.Select(offer => offer.Diagnostic.Id).Distinct(),
                new KnownDiagnostics(offers), cancellation);
            action = all.GetFixAsync(context).GetAwaiter().GetResult() ?? action;
        }

        var operations = action.GetOperationsAsync(cancellation).GetAwaiter().GetResult();
        var changed = operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution.GetProject(project.Id);
        return changed is null || !changed.GetChanges(project).GetChangedDocuments().Any() ? null : changed;
    }

    private sealed record Offer(CodeFixProvider Provider, Document Document, Diagnostic Diagnostic, CodeAction Action);

    private sealed class KnownDiagnostics(Offer[] offers) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(offers.Select(offer => offer.Diagnostic));

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(offers.Where(offer => offer.Document.Id == document.Id).Select(offer => offer.Diagnostic));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());
    }
}
