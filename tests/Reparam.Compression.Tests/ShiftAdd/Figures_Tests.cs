using System.Globalization;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Binary;
using Xunit.Abstractions;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>Prints the tables of docs/methods/shiftadd.md; the command is there.</summary>
public class Figures_Tests(ITestOutputHelper output)
{
    private const int Rows = 128;
    private const int Columns = 512;

    [Fact]
    public void The_page_shows_what_is_measured()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "methods", "shiftadd.md"));
        var lines = new List<string>();
        foreach (var (name, weights) in new[]
        {
            ("Gaussian", RandomMatrix.Gaussian(Rows, Columns, 1)),
            ("Student t, 4 degrees", RandomMatrix.HeavyTailed(Rows, Columns, 1)),
        })
        {
            for (var bits = 1; bits <= 4; bits++)
            {
                var published = PublishedBinaryCoding.RelativeError(weights.Select(w => w * 50).ToArray(), Rows, Columns, bits, 128, bits == 1 ? 0 : 50);
                var cells = new[] { published }.Concat(new[] { 0, 3, 2, 1 }.Select(terms => Error(weights, bits, 128, terms))).Append(Error(weights, bits, 64, 0));
                lines.Add($"| {name} | {bits} | {string.Join(" | ", cells.Select(cell => cell.ToString("0.0000", CultureInfo.InvariantCulture)))} |");
                output.WriteLine(lines[^1]);
            }
        }

        Assert.All(lines, line => Assert.Contains(line, page));
    }

    private static double Error(float[] weights, int bits, int group, int terms) =>
        BinaryCoder.Encode(weights, Rows, Columns, new ShiftAddAttribute(bits) { GroupSize = group, ScaleTerms = terms }).RelativeError;
}
