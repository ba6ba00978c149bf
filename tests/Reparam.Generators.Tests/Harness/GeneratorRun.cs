using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Reparam.Generators.Tests.Harness;

/// <summary>One run of the generator over a compilation, with tracked steps.</summary>
internal sealed class GeneratorRun
{
    private readonly GeneratorDriver driver;
    private readonly ImmutableArray<Diagnostic> generatorDiagnostics;

    private GeneratorRun(GeneratorDriver driver, CSharpCompilation input)
    {
        this.driver = driver.RunGeneratorsAndUpdateCompilation(input, out var output, out generatorDiagnostics);
        Input = input;
        Output = (CSharpCompilation)output;
        Result = this.driver.GetRunResult().Results.Single();
        if (Result.Exception is { } thrown)
        {
            throw new InvalidOperationException($"The generator threw: {thrown}", thrown);
        }
    }

    /// <summary>The annotated sources.</summary>
    public CSharpCompilation Input { get; }

    /// <summary>The annotated sources with what was emitted.</summary>
    public CSharpCompilation Output { get; }

    /// <summary>Roslyn's own record of the run.</summary>
    public GeneratorRunResult Result { get; }

    /// <summary>Runs the generator over sources.</summary>
    public static GeneratorRun Of(params string[] sources) => Of(TestCompilation.Create(sources));

    /// <summary>Runs the generator over a compilation.</summary>
    public static GeneratorRun Of(CSharpCompilation compilation) => new(
        CSharpGeneratorDriver.Create(
            [new ReparamGenerator().AsSourceGenerator()],
            parseOptions: TestCompilation.ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        compilation);

    /// <summary>Runs again after an edit, with what the generator cached.</summary>
    public GeneratorRun Again(CSharpCompilation edited) => new(driver, edited);

    /// <summary>The text of an emitted file.</summary>
    /// <param name="hintName">Name of the file, such as <c>Ns.Block.Layers.g.cs</c>.</param>
    public string File(string hintName) => Result.GeneratedSources.FirstOrDefault(s => s.HintName == hintName).SourceText?.ToString()
        ?? throw new InvalidOperationException($"No file {hintName}; there are: {string.Join(", ", Result.GeneratedSources.Select(s => s.HintName))}.");

    /// <summary>All emitted files whose name contains a part, one after the other, each below a line with its name.</summary>
    public string Files(string part = "") => string.Join("\n", Result.GeneratedSources
        .Where(s => s.HintName.Contains(part, StringComparison.Ordinal))
        .OrderBy(s => s.HintName, StringComparer.Ordinal)
        .Select(s => $"// ==== {s.HintName}\n{s.SourceText}"));

    /// <summary>Fails when the generator reported something or the result has a compiler error or warning.</summary>
    public GeneratorRun AssertCompiles()
    {
        var problems = generatorDiagnostics
            .Concat(Output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed))
            .ToArray();
        Assert.True(problems.Length == 0, string.Join("\n", problems.Select(p => p.ToString())) + "\n" + (problems.Length == 0 ? "" : Files()));
        return this;
    }

    /// <summary>Compiles the result and loads it into a context of its own.</summary>
    /// <param name="more">Sources beyond those that the generator saw: they may use what it emitted.</param>
    public Assembly Load(params SyntaxTree[] more)
    {
        if (more.Length == 0)
        {
            AssertCompiles();
        }

        using var image = new MemoryStream();
        var emitted = Output.AddSyntaxTrees(more).Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext(Output.AssemblyName, isCollectible: true).LoadFromStream(image);
    }

    /// <summary>The compiled result as a reference for another compilation.</summary>
    public MetadataReference ToReference()
    {
        AssertCompiles();
        using var image = new MemoryStream();
        Assert.True(Output.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    /// <summary>Why each output of a named step is as it is: New, Modified, Unchanged, Cached or Removed, in the order of the outputs.</summary>
    /// <param name="step">Name of a step, from <c>TrackingNames</c>.</param>
    public IncrementalStepRunReason[] Reasons(string step) => Result.TrackedSteps.TryGetValue(step, out var runs)
        ? [.. runs.SelectMany(run => run.Outputs).Select(output => output.Reason)]
        : [];

    /// <summary>Why each emitted file's step ran.</summary>
    public IncrementalStepRunReason[] OutputReasons() =>
        [.. Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(run => run.Outputs).Select(output => output.Reason)];

    /// <summary>The models that a named step put out.</summary>
    public object[] Models(string step) => Result.TrackedSteps.TryGetValue(step, out var runs)
        ? [.. runs.SelectMany(run => run.Outputs).Select(output => output.Value)]
        : [];
}
