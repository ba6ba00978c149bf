using System.Globalization;
using System.Text;

namespace Reparam.Zoo.Tests;

/// <summary>The models of the zoo against what <c>docs/zoo.md</c> says of them.</summary>
public class Zoo_Tests
{
    private const string Update = "REPARAM_UPDATE_SNAPSHOTS";

    private const int MaxReasons = 3;

    private static string PagePath => Path.Combine(ZooModel.RepositoryRoot, "docs", "zoo.md");

    [Fact]
    public void The_page_says_how_far_each_model_comes()
    {
        var page = Page([.. ZooModel.All.Select(ZooRun.Of)]);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(PagePath, page);
        }

        Assert.True(
            File.Exists(PagePath) && File.ReadAllText(PagePath) == page,
            $"A model works that did not, or the other way round. Look at it, then write docs/zoo.md anew with {Update}=1. It would be:\n{page}");
    }

    private static string Page(IReadOnlyList<ZooResult> results)
    {
        var working = results.Count(result => result.Problems.Count == 0);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # The zoo
            Models in the shapes that public code takes, written in ordinary TorchSharp: `tests/Reparam.Zoo.Tests/Models`. Nothing in them is ours.
            The test marks them by machine with `[ReparamModule]` and `partial`, and the assembly with `[ShiftAdd(4)]`. A model **works** when it
            compiles, its twin computes what TorchSharp computes (to 1e-4), every linear layer, convolution and embedding is coded, and the packed
            model runs.

            **{working} of {results.Count} models work; {results.Sum(r => r.Coded)} of {results.Sum(r => r.Layers)} layers are coded.** This page is written by
            `{Update}=1 dotnet test tests/Reparam.Zoo.Tests -c Release`, and a test fails when it is not true.

            | model | classes | layers coded | works |
            |---|---|---|---|

            """);
        foreach (var result in results)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {result.Name} | {result.Classes} | {result.Coded} of {result.Layers} | {Cell(result)} |\n");
        }

        return page.ToString();
    }

    private static string Cell(ZooResult result)
    {
        if (result.Problems.Count == 0)
        {
            return "yes";
        }

        var more = result.Problems.Count > MaxReasons ? $"; and {result.Problems.Count - MaxReasons} more" : "";
        return $"no: {string.Join("; ", result.Problems.Take(MaxReasons)).Replace("|", "\\|")}{more}";
    }
}
