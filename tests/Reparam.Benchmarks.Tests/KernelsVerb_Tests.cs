using Reparam.Benchmarks.Kernels;

namespace Reparam.Benchmarks.Tests;

/// <summary>Verb <c>kernels</c>: what it prints, not how fast anything is.</summary>
public class KernelsVerb_Tests
{
    [Fact]
    public void Every_combination_is_a_line_and_layouts_without_groups_have_one()
    {
        var run = Run("--shape", "24x256", "--layout", "row,nested", "--group-size", "32,64", "--precision", "fast", "--from", "cache", "--threads", "1");

        Assert.Equal((0, ""), (run.Status, run.Error));
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[3..];
        Assert.Equal(["row 32", "row 64", "nested -"], lines.Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => $"{cells[2]} {cells[4]}"));
        Assert.All(lines, line => Assert.True(double.Parse(line.Split('|', StringSplitOptions.TrimEntries)[10]) > 0));
    }

    [Fact]
    public void The_object_says_what_the_text_says()
    {
        var run = Run("--shape", "512x1024", "--precision", "exact,default,fast", "--from", "cache,memory", "--threads", "1", "--json");

        Assert.Equal((0, ""), (run.Status, run.Error));
        var report = KernelReportJson.Read(run.Output);
        Assert.Equal(6, report.Lines.Count);
        Assert.Equal([false, true], report.Lines.Select(line => line.Cold).Distinct());
        Assert.All(report.Lines, line => Assert.True(line is { Seconds: > 0, ProbeBytesPerSecond: > 0, Share: > 0, Ggml: null, Float32: null }));
        Assert.All(report.Lines.Chunk(2).Zip([1e-6, 1e-4, 2e-2]), pair => Assert.All(pair.First, line => Assert.InRange(line.Error, 0, pair.Second)));
    }

    [Fact]
    public void Several_numbers_of_threads_are_measured_in_processes_of_their_own()
    {
        var run = Run("--shape", "16x64", "--from", "cache", "--threads", "1,2", "--json");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal([1, 2], KernelReportJson.Read(run.Output).Lines.Select(line => line.Threads));
    }

    [Theory]
    [InlineData("--bits", "5", "--bits is 5; it takes 1 to 4")]
    [InlineData("--shape", "12", "'12' is no shape; expected ROWSxCOLUMNS, each 1 to 65536")]
    [InlineData("--shape", "0x8", "'0x8' is no shape; expected ROWSxCOLUMNS, each 1 to 65536")]
    [InlineData("--group-size", "-1", "--group-size is -1; it takes 0 to 65536")]
    [InlineData("--layout", "diagonal", "'diagonal' is not one of row, column, block8, nested, codebook")]
    [InlineData("--from", "disk", "'disk' is not one of cache, memory")]
    [InlineData("--threads", "0", "--threads is 0; it takes 1 to 256")]
    [InlineData("--ggml", "no/such.so", "--ggml: there is no file no/such.so")]
    public void A_wrong_value_is_one_line(string option, string value, string text)
    {
        string[] one = option == "--threads" ? [] : ["--threads", "1"];
        var run = Run([option, value, .. one]);

        Assert.Equal((1, $"bench: error RPB0102: {text}"), (run.Status, run.Error.Trim()));
    }

    [Fact]
    public void A_group_size_that_block8_cannot_have_is_one_line()
    {
        var run = Run("--layout", "row,block8", "--group-size", "128,12", "--threads", "1");

        Assert.Equal((1, "bench: error RPB0102: --group-size is 12; the layout block8 takes multiples of 8"), (run.Status, run.Error.Trim()));
    }

    private static VerbRun Run(params string[] arguments) => VerbRun.Of(["kernels", "--quick", .. arguments]);
}
