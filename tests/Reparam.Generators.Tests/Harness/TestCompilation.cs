using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Reparam.Generators.Tests.Harness;

/// <summary>Compilations of test sources, with everything that a model library references.</summary>
internal static class TestCompilation
{
    /// <summary>Namespaces that the sources of a test may use without saying so.</summary>
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using Reparam;
        global using TorchSharp;
        global using TorchSharp.Modules;
        global using static TorchSharp.torch;
        global using static TorchSharp.torch.nn;
        """;

    // Every assembly beside the tests: the framework, TorchSharp (its net8.0 build) and ours.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // What the .NET SDK silences in every project: references unified to a higher version.
    private static readonly Dictionary<string, ReportDiagnostic> SdkDefaults = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    /// <summary>How test sources are parsed.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp14);

    /// <summary>Compiles sources into a library.</summary>
    /// <param name="sources">Source texts; the first is named Source0.cs.</param>
    /// <param name="assemblyName">Name of the assembly.</param>
    /// <param name="extraReferences">Assemblies beyond those beside the tests.</param>
    public static CSharpCompilation Create(string[] sources, string assemblyName = "Models", params MetadataReference[] extraReferences) => CSharpCompilation.Create(
        assemblyName,
        [
            CSharpSyntaxTree.ParseText(Usings, ParseOptions, "Usings.cs", System.Text.Encoding.UTF8),
            .. sources.Select((text, i) => CSharpSyntaxTree.ParseText(text, ParseOptions, $"Source{i}.cs", System.Text.Encoding.UTF8)),
        ],
        [.. References, .. extraReferences],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true, specificDiagnosticOptions: SdkDefaults));

    /// <summary>The same compilation with one source replaced, as after an edit.</summary>
    public static CSharpCompilation WithSource(this CSharpCompilation compilation, int index, string text)
    {
        var old = compilation.SyntaxTrees.Single(t => t.FilePath == $"Source{index}.cs");
        return compilation.ReplaceSyntaxTree(old, CSharpSyntaxTree.ParseText(text, ParseOptions, old.FilePath, System.Text.Encoding.UTF8));
    }
}
