using Reparam.Benchmarks.Operations;

namespace Reparam.Benchmarks.Tests;

/// <summary>The page <c>docs/operations.md</c> is what the verb <c>operations</c> prints.</summary>
public class OperationsVerb_Tests
{
    [Fact]
    public void The_page_is_what_the_verb_prints()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Reparam.Sdk.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        var page = Path.Combine(folder, "docs", "operations.md");
        Assert.True(
            File.Exists(page) && File.ReadAllText(page).ReplaceLineEndings("\n") == OperationTable.Page(),
            "docs/operations.md is old: dotnet run -c Release --project tests/Reparam.Benchmarks -- operations > docs/operations.md");
    }
}
