using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Diagnostics;

namespace Reparam.Generators.Tests.Analyzers;

/// <summary>Every id has a descriptor, a page, an entry in the release file and a test.</summary>
public class DiagnosticPagesTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Ids_pages_and_release_entries_are_the_same()
    {
        var descriptors = typeof(ReparamGenerator).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .SelectMany(t => ((DiagnosticAnalyzer)Activator.CreateInstance(t)!).SupportedDiagnostics)
            .DistinctBy(d => d.Id).ToArray();
        var ids = descriptors.Select(d => d.Id).Order(StringComparer.Ordinal).ToArray();
        var pages = Directory.GetFiles(Path.Combine(Root, "docs", "diagnostics"), "RP0*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);
        var entries = File.ReadAllLines(Path.Combine(Root, "generators", "Reparam.Generators", "AnalyzerReleases.Unshipped.md"))
            .Where(l => l.StartsWith("RP", StringComparison.Ordinal)).Select(l => l.Split('|')[0].Trim()).Order(StringComparer.Ordinal);
        Assert.Equal(ids, pages);
        Assert.Equal(ids, entries);
        Assert.All(descriptors, d => Assert.Equal(HelpLinks.Of(d.Id) ?? "", d.HelpLinkUri));
        Assert.All(descriptors, d => Assert.StartsWith($"# {d.Id}: {d.Title}\n", File.ReadAllText(Path.Combine(Root, "docs", "diagnostics", d.Id + ".md")), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://forge.example/team/reparam", "https://forge.example/team/reparam/blob/main/docs/diagnostics/RP0001.md")]
    [InlineData("https://forge.example/team/reparam.git", "https://forge.example/team/reparam/blob/main/docs/diagnostics/RP0001.md")]
    [InlineData("https://forge.example/team/reparam/", "https://forge.example/team/reparam/blob/main/docs/diagnostics/RP0001.md")]
    [InlineData("git@forge.example:team/reparam.git", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_help_link_leads_into_the_repository_that_the_build_was_told(string? repository, string? expected) =>
        Assert.Equal(expected, HelpLinks.Of(repository, "RP0001"));

    [Fact]
    public void Every_id_is_named_in_a_test()
    {
        var tests = string.Concat(Directory.GetFiles(Path.Combine(Root, "tests", "Reparam.Generators.Tests"), "*Diagnostics*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var pages = Directory.GetFiles(Path.Combine(Root, "docs", "diagnostics"), "RP0*.md").Select(f => Path.GetFileNameWithoutExtension(f)!);
        Assert.All(pages, id => Assert.Contains(id, tests, StringComparison.Ordinal));
    }

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [Theory]
    [InlineData("/home/me/.nuget/packages/reparam.sdk/1.0.0/analyzers/dotnet/roslyn5.0/cs/Reparam.Generators.dll",
        "file:///home/me/.nuget/packages/reparam.sdk/1.0.0/docs/diagnostics/RP0001.md")]
    [InlineData("/tmp/copies/7/Reparam.Generators.dll", null)]
    [InlineData("", null)]
    public void Without_a_repository_the_page_in_the_package_is_linked(string assembly, string? expected) =>
        Assert.Equal(expected, HelpLinks.InPackage(assembly, "RP0001"));
}
