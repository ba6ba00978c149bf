namespace Reparam.Benchmarks.Tests;

/// <summary>The verbs <c>error</c> and <c>coding</c>.</summary>
public class CodingVerbs_Tests
{
    [Fact]
    public void Every_combination_is_a_line_of_finite_figures()
    {
        var run = VerbRun.Of("error", "--rows", "16", "--columns", "64", "--tokens", "32", "--bits", "2,3", "--weights", "gaussian,heavy", "--scale-terms", "0,2");

        Assert.Equal((0, ""), (run.Status, run.Error));
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(3).ToArray();
        Assert.Equal(8, lines.Length);
        foreach (var line in lines)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            Assert.All(cells[8..12], cell => Assert.InRange(double.Parse(cell), 0.01, 5));
        }

        // 2 planes of 64 columns, a group of 64 with two half-precision scales.
        Assert.Contains("| gaussian | row | 2 | 128 | 0 | default | data-free | 2.5000 |", run.Output);
    }

    [Fact]
    public void The_coder_is_measured_beside_a_plain_loop_of_the_same_error()
    {
        var run = VerbRun.Of("coding", "--rows", "16", "--columns", "320", "--repeat", "1");

        Assert.Equal((0, ""), (run.Status, run.Error));
        var cells = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(3).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        Assert.Equal(18, cells.Length);
        Assert.All(cells, line => Assert.True(double.Parse(line[4]) > 0));
        foreach (var bits in cells.Where(line => line[2] == "0").GroupBy(line => line[1]))
        {
            double ErrorOf(string coder) => double.Parse(bits.Single(line => line[3] == coder)[5]);
            Assert.Equal(1, ErrorOf("fast, 15 rounds") / ErrorOf("published, plain loop, 15 rounds"), 0.03);
            Assert.True(ErrorOf("default") <= ErrorOf("fast") && ErrorOf("best") <= ErrorOf("default"));
        }
    }

    [Theory]
    [InlineData("--bits", "2,x", "'x' is not a whole number")]
    [InlineData("--bits", "5", "bits is 5; shiftadd takes 1 to 4")]
    [InlineData("--layout", "diagonal", "'diagonal' is not one of row, column, block8, nested, codebook, auto")]
    [InlineData("--weights", "uniform", "'uniform' is not one of gaussian, heavy")]
    public void A_wrong_value_is_one_line(string option, string value, string text)
    {
        var run = VerbRun.Of("error", option, value);

        Assert.Equal((1, $"bench: error RPB0102: {text}"), (run.Status, run.Error.Trim()));
    }
}
