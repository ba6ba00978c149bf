using System.Reflection;
using System.Text.RegularExpressions;

namespace Reparam.Merging.Tests;

/// <summary>Every code of an operation has a page, and every operation has one.</summary>
public sealed partial class DiagnosticPagesTests
{
    private static readonly string Root = typeof(DiagnosticPagesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Every_code_has_a_page()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(Root, "src/Reparam.Merging"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).Distinct().ToList();
        Assert.Contains("RPB0172", codes);
        Assert.All(codes, code => Assert.StartsWith($"# {code}: ", File.ReadAllText(Path.Combine(Root, $"docs/diagnostics/{code}.md"))));
    }

    [Fact]
    public void Every_operation_has_a_page_that_names_all_its_options()
    {
        foreach (var operation in CheckpointOperations.All.Where(operation => operation.Place.EndsWith("in Reparam.Merging", StringComparison.Ordinal)))
        {
            var page = File.ReadAllText(Path.Combine(Root, $"docs/methods/{operation.Name}.md"));
            Assert.All(operation.Options, option => Assert.Contains($"`--{option.Name}`", page));
            Assert.Contains($"(methods/{operation.Name}.md)", File.ReadAllText(Path.Combine(Root, "docs/merging.md")));
        }
    }

    [GeneratedRegex("\"(RPB\\d{4})\"")]
    private static partial Regex Code();
}
