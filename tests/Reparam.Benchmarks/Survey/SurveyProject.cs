using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Benchmarks.Survey;

/// <summary>C# sources that are compiled together.</summary>
/// <param name="Name">Its folder, relative to the surveyed one, or the section of a file of snippets.</param>
/// <param name="Sources">Paths and texts.</param>
internal sealed partial record SurveyProject(string Name, IReadOnlyList<(string Path, string Text)> Sources)
{
    /// <summary>How sources are parsed.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp14, DocumentationMode.None);

    /// <summary>The usings that the .NET SDK adds to a project that has switched them on.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // What a file of snippets may use without saying so.
    private const string SnippetUsings = ImplicitUsings + """

        global using Reparam;
        global using TorchSharp;
        global using TorchSharp.Modules;
        global using static TorchSharp.torch;
        global using static TorchSharp.torch.nn;
        """;

    // The SDK silences references that are unified to a higher version.
    private static readonly Dictionary<string, ReportDiagnostic> SdkDefaults = new()
    {
        ["CS1701"] = ReportDiagnostic.Suppress,
        ["CS1702"] = ReportDiagnostic.Suppress,
    };

    /// <summary>The projects in a folder: one for each project file, one for each folder at the top that has none, one for each section of a file with lines
    /// <c>//=== title</c>.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<SurveyProject> In(string folder)
    {
        var root = Path.GetFullPath(folder);
        var roots = Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!)
            .Distinct().OrderByDescending(path => path.Length).ToArray();
        var files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(file => !IsOutput(Path.GetRelativePath(root, file)))
            .Order(StringComparer.Ordinal).Select(file => (Path: file, Text: File.ReadAllText(file))).ToArray();
        var snippets = files.Where(file => SectionTitle().IsMatch(file.Text)).ToArray();
        return
        [
            .. files.Except(snippets).GroupBy(file => RootOf(file.Path)).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
                new SurveyProject(Path.GetRelativePath(root, group.Key), [.. group, .. UsingsOf(group.Key)])),
            .. snippets.SelectMany(file => Sections(Path.GetRelativePath(root, file.Path), file.Text)),
        ];

        string RootOf(string file) => roots.FirstOrDefault(path => file.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            ?? Path.Combine(root, Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar) is { Length: > 1 } parts ? parts[0] : ".");
    }

    /// <summary>The sources, compiled as a library; as a program where they have statements of their own.</summary>
    /// <param name="references">What they may use.</param>
    public CSharpCompilation Compile(IEnumerable<MetadataReference> references)
    {
        var trees = Sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, ParseOptions, source.Path, Encoding.UTF8)).ToArray();
        return CSharpCompilation.Create(AssemblyName().Replace(Name, "_"), trees, references, Options(trees));
    }

    /// <summary>How trees are compiled.</summary>
    public static CSharpCompilationOptions Options(IEnumerable<SyntaxTree> trees) => new(
        trees.Any(tree => ((CompilationUnitSyntax)tree.GetRoot()).Members.Any(member => member is GlobalStatementSyntax))
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary,
        nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true, specificDiagnosticOptions: SdkDefaults);

    private static bool IsOutput(string path) => path.Split(Path.DirectorySeparatorChar).SkipLast(1).Any(part => part is "bin" or "obj" or ".git");

    private static IEnumerable<(string Path, string Text)> UsingsOf(string folder)
    {
        var project = Directory.EnumerateFiles(folder, "*.csproj").FirstOrDefault();
        var setting = project is null ? "enable" : XDocument.Load(project).Descendants("ImplicitUsings").FirstOrDefault()?.Value;
        return setting is "enable" or "true" ? [(Path.Combine(folder, "ImplicitUsings.g.cs"), ImplicitUsings)] : [];
    }

    private static IEnumerable<SurveyProject> Sections(string file, string text)
    {
        var titles = SectionTitle().Matches(text);
        for (var i = 0; i < titles.Count; i++)
        {
            var title = titles[i].Groups[1].Value.Trim();
            var end = i + 1 < titles.Count ? titles[i + 1].Index : text.Length;
            yield return new SurveyProject($"{file}: {title}", [($"{file}: {title}.cs", text[titles[i].Index..end]), ("Usings.cs", SnippetUsings)]);
        }
    }

    [GeneratedRegex(@"^//===(.*)$", RegexOptions.Multiline)]
    private static partial Regex SectionTitle();

    [GeneratedRegex(@"[^\p{L}\p{N}_.]+")]
    private static partial Regex AssemblyName();
}
