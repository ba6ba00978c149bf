using System.Reflection;
using System.Text.RegularExpressions;

namespace Reparam.Cli.Tests;

/// <summary>Every code that the worker prints has a page.</summary>
public sealed partial class DiagnosticPagesTests
{
    private static readonly string Root = typeof(DiagnosticPagesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Every_code_of_the_worker_has_a_page()
    {
        var codes = new[] { "src/Reparam.Cli", "src/Reparam.Compression" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Distinct()
            .ToList();
        Assert.Contains("RPB0120", codes);
        Assert.All(codes, code => Assert.StartsWith($"# {code}: ", File.ReadAllText(Path.Combine(Root, $"docs/diagnostics/{code}.md"))));
    }

    [GeneratedRegex("\"(RPB\\d{4})\"")]
    private static partial Regex Code();
}
