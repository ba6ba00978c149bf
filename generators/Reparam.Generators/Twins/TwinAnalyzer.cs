using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Reparam.Generators.Twins;

/// <summary>
/// Reports, at the user's tokens, what keeps a class from having a twin and what its twin cannot do. Silent in projects without the run-time library, for
/// which no twins are emitted.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TwinAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        TwinDiagnostics.NoCounterpart, TwinDiagnostics.BaseClass, TwinDiagnostics.ForeignHelper, TwinDiagnostics.InterfaceLeftOut, TwinDiagnostics.NameTaken,
        TwinDiagnostics.BecauseRefused, TwinDiagnostics.WouldNotCompile,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (TwinContext.Of(start.Compilation) is { } twins)
            {
                start.RegisterSemanticModelAction(tree => Report(tree, twins));
            }
        });
    }

    private static void Report(SemanticModelAnalysisContext tree, TwinContext twins)
    {
        foreach (var report in TwinResults.Of(twins, tree.CancellationToken).Reports.Where(r => r.Finding.Location.SourceTree == tree.SemanticModel.SyntaxTree))
        {
            tree.ReportDiagnostic(Diagnostic.Create(
                report.Finding.Descriptor, report.Finding.Location, report.Severity, additionalLocations: null, properties: null, report.Finding.Arguments));
        }
    }
}
