using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Tests;

/// <summary>Every code of compression has a page.</summary>
public class Diagnostics_Tests
{
    [Fact]
    public void Each_code_is_used_once_and_has_a_page_of_its_title()
    {
        var pages = Path.Combine(Repository.Root, "docs", "diagnostics");
        Assert.Equal(CompressionDiagnostics.All.Length, CompressionDiagnostics.All.Select(diagnostic => diagnostic.Id).Distinct().Count());
        foreach (var diagnostic in CompressionDiagnostics.All)
        {
            var lines = File.ReadAllLines(Path.Combine(pages, diagnostic.Id + ".md"));
            Assert.Equal($"# {diagnostic.Id}: {diagnostic.Title}", lines[0], ignoreCase: true);
            Assert.Contains(lines, line => line.Contains($"error {diagnostic.Id}: ") || line.Contains($"warning {diagnostic.Id}: "));
        }
    }
}
