using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators;

namespace Reparam.Conformance.Tests.Models;

/// <summary>Annotated sources, compiled with what the generator emits from them.</summary>
internal sealed class Compiled
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    // Every assembly beside the tests: the framework, TorchSharp and ours.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // What the .NET SDK silences in every project: references unified to a higher version; and members without a comment.
    private static readonly Dictionary<string, ReportDiagnostic> Silenced =
        new[] { "CS1701", "CS1702", "CS1591" }.ToDictionary(code => code, _ => ReportDiagnostic.Suppress);

    private readonly Compilation output;
    private readonly Diagnostic[] reports;

    /// <summary>Compiles sources.</summary>
    /// <param name="assemblyName">Name of the assembly.</param>
    /// <param name="sources">File names and texts.</param>
    public Compiled(string assemblyName, IEnumerable<(string File, string Text)> sources)
    {
        var input = CSharpCompilation.Create(
            assemblyName,
            sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, ParseOptions, source.File, System.Text.Encoding.UTF8)),
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, specificDiagnosticOptions: Silenced));
        CSharpGeneratorDriver.Create([new ReparamGenerator().AsSourceGenerator()], parseOptions: ParseOptions)
            .RunGeneratorsAndUpdateCompilation(input, out output, out var generated);
        reports = [.. generated, .. output.WithAnalyzers(Analyzers()).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult()];
    }

    /// <summary>What generator and analyzers report of a file, by code.</summary>
    public IReadOnlyList<(string Code, string Message)> ReportsOf(string file) =>
    [
        .. reports.Where(report => report.Location.SourceTree?.FilePath == file)
            .Select(report => (report.Id, report.GetMessage(System.Globalization.CultureInfo.InvariantCulture))),
    ];

    /// <summary>The compiled assembly, loaded. Fails where the compiler, the generator or an analyzer has something to say.</summary>
    public System.Reflection.Assembly Load()
    {
        using var image = new MemoryStream();
        Emit(image, null);
        return System.Reflection.Assembly.Load(image.ToArray());
    }

    /// <summary>Writes the assembly and, beside it, its documentation file. Fails as <see cref="Load"/> does.</summary>
    /// <param name="path">Where the assembly is written.</param>
    public void Write(string path)
    {
        using var image = File.Create(path);
        using var documentation = File.Create(Path.ChangeExtension(path, ".xml"));
        Emit(image, documentation);
    }

    private void Emit(Stream image, Stream? documentation)
    {
        var emitted = output.Emit(image, xmlDocumentationStream: documentation);
        var problems = emitted.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Concat(reports).ToArray();
        Assert.True(problems.Length == 0, string.Join("\n", problems.Select(problem => problem.ToString())));
    }

    private static System.Collections.Immutable.ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
    [
        .. typeof(ReparamGenerator).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(DiagnosticAnalyzer).IsAssignableFrom(type))
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];
}
