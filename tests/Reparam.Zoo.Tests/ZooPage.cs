using System.Globalization;
using System.Text.RegularExpressions;

namespace Reparam.Zoo.Tests;

/// <summary>The page <c>docs/zoo.md</c>: a row for each model, and their sum above.</summary>
internal sealed partial class ZooPage
{
    /// <summary>The environment variable that makes the tests write the page.</summary>
    public const string Update = "REPARAM_UPDATE_SNAPSHOTS";

    private const int MaxReasons = 3;

    private static readonly string Path = System.IO.Path.Combine(ZooModel.RepositoryRoot, "docs", "zoo.md");

    private readonly SortedDictionary<string, string> rows;

    private ZooPage(IEnumerable<string> rows) => this.rows = new(rows.ToDictionary(row => Row().Match(row).Groups[1].Value), StringComparer.Ordinal);

    /// <summary>True if the tests write the page instead of comparing it.</summary>
    public static bool IsUpdated => Environment.GetEnvironmentVariable(Update) == "1";

    /// <summary>The page's text as it is; empty if there is none.</summary>
    public static string Text => File.Exists(Path) ? File.ReadAllText(Path) : "";

    /// <summary>The page as it is.</summary>
    public static ZooPage Read() => new(Text.Split('\n').Where(line => Row().IsMatch(line)));

    /// <summary>The row of a model.</summary>
    public static string RowOf(ZooResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"| {result.Name} | {result.Classes} | {result.Coded} of {result.Layers} | {Outcome(result)} |");

    /// <summary>The row that the page has for a model; null if it has none.</summary>
    public string? this[string model] => rows.GetValueOrDefault(model);

    /// <summary>Replaces a row and writes the page.</summary>
    public void Write(string row)
    {
        rows[Row().Match(row).Groups[1].Value] = row;
        Write();
    }

    /// <summary>Writes the page with the rows of these models alone.</summary>
    public void Keep(IEnumerable<string> models)
    {
        foreach (var gone in rows.Keys.Except(models).ToArray())
        {
            rows.Remove(gone);
        }

        Write();
    }

    /// <summary>The page that these rows make.</summary>
    public string Render()
    {
        var matches = rows.Values.Select(row => Row().Match(row)).ToArray();
        int Sum(int group) => matches.Sum(match => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture));
        var working = matches.Count(match => match.Groups[5].Value == "yes");
        return string.Create(CultureInfo.InvariantCulture, $"""
            # The zoo
            Models in the shapes that public code takes, written in ordinary TorchSharp: `tests/Reparam.Zoo.Tests/Models`. Nothing of this SDK is in them.
            The tests mark them by machine with `[ReparamModule]` and `partial`, and the assembly with `[ShiftAdd(4)]`. A model **works** when it
            compiles, its twin computes what TorchSharp computes (to 1e-4), every linear layer, convolution and embedding is coded, and the packed
            model runs.

            **{working} of {matches.Length} models work; {Sum(3)} of {Sum(4)} layers are coded.** This page is written by
            `{Update}=1 dotnet test tests/Reparam.Zoo.Tests -c Release`. A test fails when a row is not true any more, for the better or the worse.

            | model | classes | layers coded | works |
            |---|---|---|---|
            {string.Join('\n', rows.Values)}

            """);
    }

    private void Write() => File.WriteAllText(Path, Render());

    private static string Outcome(ZooResult result)
    {
        if (result.Problems.Count == 0)
        {
            return "yes";
        }

        var more = result.Problems.Count > MaxReasons ? $"; and {result.Problems.Count - MaxReasons} more" : "";
        return $"no: {string.Join("; ", result.Problems.Take(MaxReasons)).Replace("|", "\\|")}{more}";
    }

    [GeneratedRegex(@"^\| (\w+) \| (\d+) \| (\d+) of (\d+) \| (.+) \|$")]
    private static partial Regex Row();
}
