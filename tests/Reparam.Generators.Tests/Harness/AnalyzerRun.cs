using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Analyzers;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Tests.Harness;

/// <summary>Runs the annotation analyzers over sources with what the generator emits from them.</summary>
internal static class AnalyzerRun
{
    /// <summary>One of each analyzer of the annotations.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        new MarkedClassAnalyzer(), new UnmarkedClassAnalyzer(), new AnnotatedPropertyAnalyzer(), new ArgumentRangeAnalyzer(), new LayerMethodsAnalyzer(),
        new MethodContractAnalyzer(), new TargetsAnalyzer(), new ReachAnalyzer(), new StateNameAnalyzer(), new RegistrationAnalyzer(), new TrainingLoopAnalyzer(), new StructureAnalyzer(),
    ];

    /// <summary>The reports in the order of the source.</summary>
    public static ImmutableArray<Diagnostic> Diagnostics(CSharpCompilation compilation) =>
        [.. compilation.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult()
            .OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];

    /// <summary>The reports as <c>id 'reported text'</c>.</summary>
    public static string[] Reports(params string[] sources) =>
        [.. Diagnostics(GeneratorRun.Of(sources).Output).Select(d => $"{d.Id} '{d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)}'")];

    /// <summary>The reports' messages.</summary>
    public static string[] Messages(params string[] sources) => [.. Diagnostics(GeneratorRun.Of(sources).Output).Select(d => d.GetMessage())];
}
