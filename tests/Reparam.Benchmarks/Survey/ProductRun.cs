using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators;

namespace Reparam.Benchmarks.Survey;

/// <summary>One run of the generator and of every analyzer over marked sources.</summary>
internal sealed class ProductRun
{
    /// <summary>One of each analyzer of the package.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        .. typeof(ReparamGenerator).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    private ProductRun(CSharpCompilation input, CSharpCompilation output, ImmutableArray<Diagnostic> product, Exception[] exceptions)
    {
        Input = input;
        Output = output;
        Product = product;
        Exceptions = exceptions;
    }

    /// <summary>The sources.</summary>
    public CSharpCompilation Input { get; }

    /// <summary>The sources with what was emitted.</summary>
    public CSharpCompilation Output { get; }

    /// <summary>What the generator and the analyzers report, of every severity.</summary>
    public ImmutableArray<Diagnostic> Product { get; }

    /// <summary>What the generator or an analyzer threw.</summary>
    public IReadOnlyList<Exception> Exceptions { get; }

    /// <summary>Runs them.</summary>
    public static ProductRun Of(CSharpCompilation input, CancellationToken cancellation)
    {
        var driver = CSharpGeneratorDriver.Create([new ReparamGenerator().AsSourceGenerator()], parseOptions: SurveyProject.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(input, out var output, out var reported, cancellation);
        var exceptions = driver.GetRunResult().Results.Select(result => result.Exception).OfType<Exception>().ToList();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, _, _) => Add(exceptions, exception), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var analyzed = output.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync(cancellation).GetAwaiter().GetResult();
        return new ProductRun(input, (CSharpCompilation)output, [.. reported.Concat(analyzed).Where(d => !d.IsSuppressed)], [.. exceptions]);
    }

    /// <summary>The compiler's errors in what was emitted, and those in the sources.</summary>
    public (IReadOnlyList<Diagnostic> Emitted, IReadOnlyList<Diagnostic> Sources) CompilerErrors(CancellationToken cancellation)
    {
        var sources = Input.SyntaxTrees.ToHashSet();
        var errors = Output.GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error && !d.IsSuppressed)
            .ToLookup(d => d.Location.SourceTree is not { } tree || sources.Contains(tree));
        return ([.. errors[false]], [.. errors[true]]);
    }

    private static void Add(List<Exception> exceptions, Exception exception)
    {
        lock (exceptions)
        {
            exceptions.Add(exception);
        }
    }
}
