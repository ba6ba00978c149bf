using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests;

/// <summary>What the README and the pages claim is so.</summary>
public partial class DocumentationTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void The_example_of_the_README_compiles_to_what_is_shown_beside_it()
    {
        var example = CodeBlock().Match(File.ReadAllText(Path.Combine(Root, "README.md"))).Groups[1].Value;
        var run = GeneratorRun.Of($"""
            using Reparam;
            using TorchSharp;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            {example}
            """).AssertCompiles();

        var emitted = run.Files().Replace("global::", "", StringComparison.Ordinal);
        Assert.Contains("new ReparamLayers.Models.SigmaReparamLinear(", emitted);
        Assert.Matches(@"w = Reparam\.Training\.SigmaReparam\.SigmaMap\.Map\(\s*latent: w,\s*gamma: state\.Read\(SigmaReparamGamma\),\s*u: state\.Read\(SigmaReparamU\)", emitted);
        Assert.Contains("""{ "path": "query", "kind": "linear", "method": "shiftadd", "options": { "bits": 3 } }""", emitted);
        Assert.Contains("Forward(Reparam.Runtime.Tensor x) => Reparam.Runtime.Torch.Softmax(Query.Call(x), -1) * Value.Call(x);", emitted);
    }

    [Fact]
    public void Every_relative_link_of_a_page_leads_somewhere()
    {
        var pages = Directory.GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Root, "README.md"));
        var broken = pages.SelectMany(page => Link().Matches(File.ReadAllText(page))
            .Select(link => link.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
            .Select(target => $"{Path.GetRelativePath(Root, page)} → {target}"));
        Assert.Empty(broken);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    // The target of [text](target#part), without the part.
    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
