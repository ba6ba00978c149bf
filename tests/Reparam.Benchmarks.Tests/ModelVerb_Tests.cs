using System.Reflection;
using System.Text.Json;
using Reparam.Benchmarks.Models;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Tests;

/// <summary>Verb <c>model</c> and the decoder that it measures.</summary>
public class ModelVerb_Tests
{
    private static readonly string RepositoryRoot = typeof(ModelVerb_Tests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static readonly string[] Tiny =
        ["model", "--layers", "2", "--width", "64", "--heads", "4", "--kv-heads", "2", "--hidden", "96", "--vocabulary", "160", "--prompt", "5", "--depth", "3", "--tokens", "7", "--samples", "3"];

    [Fact]
    public void A_tiny_model_gives_every_figure()
    {
        var run = VerbRun.Of([.. Tiny, "--bits", "2", "--group-size", "32", "--json"]);

        Assert.Equal((0, ""), (run.Status, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        var report = json.RootElement;
        Assert.Equal("row layout, 2 bits, groups of 32, default precision", report.GetProperty("weights").GetString());

        // Embedding, then for each layer q and o, k and v, three of the feed-forward network, two norms; the last norm.
        Assert.Equal((160 * 64) + (2 * ((2 * 64 * 64) + (2 * 32 * 64) + (3 * 96 * 64) + (2 * 64))) + 64, report.GetProperty("parameters").GetInt64());
        Assert.True(report.GetProperty("packedBytesPerToken").GetInt64() > report.GetProperty("parameters").GetInt64() * 2 / 8);
        Assert.Equal(5 * 64 * sizeof(float), report.GetProperty("denseBytesPerToken").GetInt64());
        Assert.Equal(2 * 2 * 32 * sizeof(float) * (3 + 4), report.GetProperty("cacheBytesPerToken").GetDouble());
        foreach (var figure in (string[])["tokenSeconds", "tokenSecondsMedian", "tokensPerSecond", "firstTokenSeconds", "readBytesPerSecond", "shareOfReading"])
        {
            Assert.True(report.GetProperty(figure).GetDouble() is > 0 and < double.PositiveInfinity, figure);
        }

        var profile = report.GetProperty("profile").EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetDouble());
        Assert.Equal(Enum.GetValues<Region>().Length, profile.Count);
        Assert.Equal(1, profile.Values.Sum(), 1e-9);
        Assert.Equal(report.GetProperty("productShare").GetDouble(), profile["packedProducts"] + profile["classifier"], 1e-9);
    }

    [Theory]
    [InlineData("nested")]
    [InlineData("block8")]
    public void Text_and_tables_have_the_same_rows(string layout)
    {
        var text = VerbRun.Of([.. Tiny, "--layout", layout]);
        var tables = VerbRun.Of([.. Tiny, "--layout", layout, "--markdown"]);

        Assert.Equal((0, "", 0, ""), (text.Status, text.Error, tables.Status, tables.Error));
        var rows = text.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split("  ")[0]).ToArray();
        Assert.Equal(rows, tables.Output.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Split('|')[1].Trim())
            .Where(cell => cell is not ("figure" or "---" or "where a token's time goes")));
        Assert.Contains($"{layout} layout, 3 bits", tables.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_from_a_file_is_measured_with_the_files_sizes()
    {
        var file = Path.Combine(RepositoryRoot, "samples", "StoryTeller", "assets", "stories260k.safetensors");
        var run = VerbRun.Of("model", "--file", file, "--prompt", "3", "--tokens", "4", "--samples", "2");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("5 layers, width 64, 8 heads on 4, hidden 172, vocabulary 512: 260,032 weights, from stories260k.safetensors", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_longer_than_the_files_model_is_one_line()
    {
        var file = Path.Combine(RepositoryRoot, "samples", "StoryTeller", "assets", "stories260k.safetensors");
        var run = VerbRun.Of("model", "--file", file, "--depth", "500", "--tokens", "13");

        Assert.Equal((1, "bench: error RPB0102: a sequence of 513 tokens is longer than the model's 512"), (run.Status, run.Error.Trim()));
    }

    [Theory]
    [InlineData("--heads", "5", "5 heads do not divide width 64 into even parts")]
    [InlineData("--kv-heads", "3", "3 key and value heads do not divide 4 heads")]
    public void Sizes_that_do_not_fit_are_one_line(string option, string value, string text)
    {
        var at = Array.IndexOf(Tiny, option);
        var run = VerbRun.Of([.. Tiny[..at], option, value, .. Tiny[(at + 2)..]]);

        Assert.Equal((1, $"bench: error RPB0102: {text}"), (run.Status, run.Error.Trim()));
    }

    [Theory]
    [InlineData("--bits", "5", "--bits is 5; it takes a whole number from 1 to 4")]
    [InlineData("--layout", "diagonal", "--layout is diagonal; it takes one of row, column, block8, nested, codebook")]
    public void A_wrong_option_is_refused(string option, string value, string text) =>
        Assert.Contains(text, VerbRun.Of([.. Tiny, option, value]).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData(4, 4)]
    [InlineData(4, 2)]
    [InlineData(6, 1)]
    public void A_prompt_gives_the_logits_of_its_tokens_one_by_one(int heads, int keyValueHeads)
    {
        var sizes = new DecoderSizes(Layers: 2, Width: heads * 6, heads, keyValueHeads, Hidden: 37, Vocabulary: 53, Context: 16);
        var decoder = new DecoderWeights("row", Bits: 3, GroupSize: 16, KernelPrecision.Exact).Make(sizes);
        long[] tokens = [7, 52, 0, 7, 31, 9, 1];
        var (together, oneByOne) = (new DecoderCache(sizes), new DecoderCache(sizes));
        var expected = decoder.Call(Torch.Tensor(tokens), together).ToArray<float>();
        float[] found = [];
        foreach (var token in tokens)
        {
            found = decoder.Call(Torch.Tensor([token]), oneByOne).ToArray<float>();
        }

        Assert.Equal((tokens.Length, tokens.Length), (together.Position, oneByOne.Position));
        Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) <= 1e-5 * expected.Max(Math.Abs));
        Assert.True(expected.Max() > 0.1f && expected.All(float.IsFinite));
    }
}
