using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Tests.Harness;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Tests.Twins;

/// <summary>Runs the twins' analyzer over sources with what the generator emitted from them.</summary>
internal static class TwinAnalysis
{
    /// <summary>The analyzer's reports in the order of the source, each as <c>id severity 'text of the marked source' message</c>.</summary>
    public static string[] Reports(params string[] sources) => [.. Diagnostics(GeneratorRun.Of(sources).Output).Select(Describe)];

    /// <summary>The analyzer's reports on a run, as above.</summary>
    public static string[] Reports(GeneratorRun run) => [.. Diagnostics(run.Output).Select(Describe)];

    /// <summary>The analyzer's reports in the order of the source.</summary>
    public static ImmutableArray<Diagnostic> Diagnostics(CSharpCompilation compilation) =>
        [.. compilation.WithAnalyzers([new TwinAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult()
            .OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)];

    private static string Describe(Diagnostic diagnostic)
    {
        var source = diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);
        return $"{diagnostic.Id} {diagnostic.Severity.ToString().ToLowerInvariant()} '{source}'";
    }
}
