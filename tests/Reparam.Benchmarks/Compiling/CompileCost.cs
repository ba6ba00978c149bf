using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Benchmarks.Survey;
using Reparam.Generators;

namespace Reparam.Benchmarks.Compiling;

/// <summary>
/// What a compilation of model classes costs, in processor seconds of all threads: by itself, and what the generator and the analyzers add to it. Each round
/// parses the files anew, so that nothing is known from the round before.
/// </summary>
internal sealed class CompileCost
{
    private static readonly CSharpParseOptions ParseOptions = SurveyProject.ParseOptions;

    private readonly IReadOnlyList<(string Path, string Text)> files;
    private readonly MetadataReference[] references = SurveyReferences.With([]);
    private readonly GeneratorDriver driver = CSharpGeneratorDriver.Create([new ReparamGenerator().AsSourceGenerator()], parseOptions: ParseOptions);

    /// <param name="classes">Number of marked classes.</param>
    public CompileCost(int classes) => files = ModelSources.Files(classes);

    /// <summary>One round over all of it.</summary>
    /// <param name="cancellation">Stops between the steps.</param>
    public CompileRound Round(CancellationToken cancellation)
    {
        var alone = Seconds(() => Compile(Parse()), cancellation);
        var input = Parse();
        Compilation output = input;
        var generator = Seconds(() => driver.RunGeneratorsAndUpdateCompilation(input, out output, out _, cancellation), cancellation);
        var emitted = Seconds(() => Compile(output), cancellation);

        // Both analyse the same compilation; what an analyzer that asks for nothing costs is the compiler's own.
        var idle = Seconds(() => Analyze(output, [new IdleAnalyzer()]), cancellation);
        var all = Seconds(() => Analyze(output, ProductRun.Analyzers), cancellation);
        return new CompileRound(alone, generator, all - idle, emitted);
    }

    /// <summary>What the generator and the analyzers take after an edit, with what they know from before.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="cancellation">Stops between the steps.</param>
    public double After(SourceEdit edit, CancellationToken cancellation)
    {
        var input = Parse();
        var warm = driver.RunGeneratorsAndUpdateCompilation(input, out var output, out _, cancellation);
        Analyze(output, ProductRun.Analyzers);
        var old = input.SyntaxTrees.Single(tree => tree.FilePath == edit.Path);
        var text = old.ToString();
        var changed = text.Replace(edit.From, edit.To, StringComparison.Ordinal);
        if (changed == text)
        {
            throw new InvalidOperationException($"{edit.Path} has no '{edit.From}'.");
        }

        var edited = input.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText(changed, ParseOptions, edit.Path, Encoding.UTF8, cancellation));
        return Seconds(() => warm.RunGeneratorsAndUpdateCompilation(edited, out _, out _, cancellation), cancellation);
    }

    private CSharpCompilation Parse()
    {
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(file.Text, ParseOptions, file.Path, Encoding.UTF8)).ToArray();
        return CSharpCompilation.Create("Models", trees, references, SurveyProject.Options(trees));
    }

    private static void Compile(Compilation compilation)
    {
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        if (!result.Success)
        {
            throw new InvalidOperationException(string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(10)));
        }
    }

    private static void Analyze(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);

        // A clone: the compiler keeps nothing of what was bound for the other.
        var errors = compilation.Clone().WithAnalyzers(analyzers, options).GetAllDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult()
            .Where(d => d.Severity == DiagnosticSeverity.Error).Take(10).ToArray();
        if (errors.Length > 0)
        {
            throw new InvalidOperationException(string.Join("\n", errors.Select(error => error.ToString())));
        }
    }

    private static double Seconds(Action action, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        GC.Collect();
        var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    /// <summary>Asks for the declaration of types, as the product's analyzers do, and does nothing with it.</summary>
#pragma warning disable RS1001, RS1036, RS1041 // Not an analyzer that a compiler loads.
    private sealed class IdleAnalyzer : DiagnosticAnalyzer
#pragma warning restore RS1001, RS1036, RS1041
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
            [new DiagnosticDescriptor("BENCH0001", "Nothing", "Nothing", "Benchmarks", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSymbolAction(static _ => { }, SymbolKind.NamedType);
        }
    }
}

/// <summary>Processor seconds of one round.</summary>
/// <param name="Alone">The compiler, for the classes as they are.</param>
/// <param name="Generator">The generator.</param>
/// <param name="Analyzers">The analyzers.</param>
/// <param name="Emitted">The compiler, for the classes and what was emitted.</param>
internal readonly record struct CompileRound(double Alone, double Generator, double Analyzers, double Emitted)
{
    /// <summary>The generator and the analyzers beside the compile without them.</summary>
    public double Ratio => (Generator + Analyzers) / Alone;
}

/// <summary>An edit of one file.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Path">The file.</param>
/// <param name="From">What is replaced.</param>
/// <param name="To">By what.</param>
internal readonly record struct SourceEdit(string Name, string Path, string From, string To);
