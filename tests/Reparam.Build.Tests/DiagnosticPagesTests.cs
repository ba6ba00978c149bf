using System.Reflection;
using System.Text.RegularExpressions;

namespace Reparam.Build.Tests;

public partial class DiagnosticPagesTests
{
    private static readonly string Root = typeof(DiagnosticPagesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Every_code_of_the_tasks_has_a_page_that_its_overview_links()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(Root, "src/Reparam.Build"), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".targets" && !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        var overview = File.ReadAllText(Path.Combine(Root, "docs/build.md"));

        Assert.Contains("RPB0009", codes);
        Assert.All(codes, code =>
        {
            var page = Path.Combine(Root, $"docs/diagnostics/{code}.md");
            Assert.True(File.Exists(page), $"{code} has no page.");
            Assert.StartsWith($"# {code}", File.ReadAllText(page), StringComparison.Ordinal);
            Assert.Contains($"(diagnostics/{code}.md)", overview, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex("\"(RPB\\d{4})\"")]
    private static partial Regex Code();
}
