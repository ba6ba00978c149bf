using System.Text.Json;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Compression.Calibration;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam calibration</c> on files of both forms and on broken ones.</summary>
public sealed class CalibrationCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_calibration_file_is_listed()
    {
        WriteMoments("c", tokens: 4000, source: "ab12");
        var run = Run("inspect", In("c"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches(@"k +3 +4,000 +201\.3 +600 +1 +0 +300 +no\r?\n", run.Output);
        Assert.Matches(@"q +3 +4,000 +201\.3 +600 +1 +0 +300 +yes\r?\n", run.Output);
        Assert.Contains("2 layers with 1 inputs of their own, second moments", run.Output);
        Assert.Contains("Source: ab12", run.Output);
        Assert.Contains("Sensitivities: yes. Settings: no.", run.Output);
    }

    [Fact]
    public void Json_has_the_same()
    {
        WriteMoments("c", tokens: 2, source: null);
        using var document = JsonDocument.Parse(Run("inspect", In("c"), "--json").Output);
        var root = document.RootElement;
        Assert.Equal("second moments", root.GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("source").ValueKind);
        var q = root.GetProperty("layers")[1];
        Assert.Equal(("q", 3, 2, true), (q.GetProperty("name").GetString(), q.GetProperty("inputs").GetInt32(), q.GetProperty("tokens").GetInt32(), q.GetProperty("target").GetBoolean()));
        Assert.Equal(600, q.GetProperty("maxDiagonal").GetDouble());
        Assert.Equal(JsonValueKind.Null, q.GetProperty("condition").ValueKind);
    }

    [Fact]
    public void Raw_inputs_are_listed()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("w.inputs", [2, 2], new float[] { 1, 0, 3, 0 });
        writer.Write(In("raw"));
        var run = Run("inspect", In("raw"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches(@"w +2 +2 +2\.5 +5 +0 +1 +1 +no\r?\n", run.Output);
        Assert.Contains("1 layers with 1 inputs of their own, raw inputs", run.Output);
        Assert.Contains("Source: not told", run.Output);
    }

    [Fact]
    public void Recordings_are_merged()
    {
        WriteOne("a", 2, tokens: 3, "s");
        WriteOne("b", 6, tokens: 1, "s");
        var run = Run("merge", In("a"), In("b"), "-o", In("c"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("1 layers of 2 recordings, 4 tokens", run.Output);
        using var merged = CalibrationFile.Open(In("c"));
        Assert.Equal(3f, merged.ReadGram("w").Values.Span[0]);
    }

    [Fact]
    public void Recordings_of_other_weights_are_merged_only_when_told_and_no_input_is_replaced()
    {
        WriteOne("a", 2, tokens: 3, "s");
        WriteOne("b", 6, tokens: 1, "t");
        var refused = Run("merge", In("a"), In("b"), "-o", In("c"));
        Assert.Equal(1, refused.Status);
        Assert.Matches(@"^[^\r\n]*error RPB0120: found a recording of other weights [^\r\n]*\[Calibration\]\r?\n$", refused.Error);
        Assert.False(File.Exists(In("c")));
        Assert.Equal(0, Run("merge", In("a"), In("b"), "-o", In("c"), "--any-source", "-q").Status);
        var same = Run("merge", In("a"), In("c"), "--any-source", "-o", In("c"));
        Assert.Equal(1, same.Status);
        Assert.Contains("RPB0122", same.Error);
    }

    [Fact]
    public void What_the_recordings_do_not_agree_about_is_left_out_and_told()
    {
        WriteMomentsWith("a", "{}");
        WriteMomentsWith("b", "[]");
        var run = Run("merge", In("a"), In("b"), "-o", In("c"));
        Assert.Equal(0, run.Status);
        Assert.Contains("different sensitivities", run.Output);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D })]
    public void A_file_that_is_none_gives_one_line(byte[] bytes)
    {
        File.WriteAllBytes(In("x"), bytes);
        var run = Run("inspect", In("x"));
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*error RPB0120: [^\r\n]*\r?\n$", run.Error);
    }

    private static CommandRun Run(params string[] arguments) => CommandRun.Of(CalibrationCommand.Create(), arguments);

    private void WriteMoments(string name, long tokens, string? source)
    {
        var writer = new CalibrationWriter { SourceHash = source, Sensitivity = "{}" };
        writer.Add(["q", "k"], new Gram(3, new float[] { 2, 0, 0, 0, 600, 0, 0, 0, 2 }, tokens));
        writer.AddTarget("q", new float[6]);
        writer.Write(In(name));
    }

    private void WriteMomentsWith(string name, string sensitivity)
    {
        var writer = new CalibrationWriter { Sensitivity = sensitivity };
        writer.Add(["w"], new Gram(1, new float[] { 1 }, 1));
        writer.Write(In(name));
    }

    private void WriteOne(string name, float moment, long tokens, string source)
    {
        var writer = new CalibrationWriter { SourceHash = source };
        writer.Add(["w"], new Gram(1, new[] { moment }, tokens));
        writer.Write(In(name));
    }

    private string In(string name) => Path.Combine(folder, name);
}
