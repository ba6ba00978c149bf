using System.Text.Json.Nodes;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam build</c>: models and checkpoints that do not fit, plans and places that cannot be used.</summary>
public sealed class BuildErrorTests : BuildFixture
{
    [Fact]
    public void A_report_that_cannot_be_written_is_told_before_the_work()
    {
        WriteModel();
        Directory.CreateDirectory(In("obj/m.report.json"));
        var run = Build();
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Matches(@"^[^\r\n]*m\.report\.json: error RPB0121: [^\r\n]*\r?\n$", run.Error);
        Assert.False(File.Exists(In("obj/m.reparam.safetensors")));
    }

    [Fact]
    public void Every_missing_or_misshapen_layer_is_listed_with_the_nearest_name()
    {
        var writer = Model();
        writer.Add<float>("blocks.2.quary.weight", [16, 32], Weights(512, 8));
        writer.Add<float>("blocks.2.conv.weight", [16, 32], Weights(512, 9));
        writer.Write(In("m.safetensors"));
        var run = Build();
        Assert.Equal(1, run.Status);
        var lines = run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                $"{In("m.safetensors")}: error RPB0103: the checkpoint has no tensor 'blocks.2.query.weight', the weight of Ns.Block.query (shiftadd); nearest name: 'blocks.2.quary.weight'",
                $"{In("m.safetensors")}: error RPB0104: tensor 'blocks.2.conv.weight' is F32 [16, 32]; a conv1d layer has a weight [out, in/groups, k]",
            ],
            lines);
        Assert.False(Directory.Exists(In("obj")));
    }

    [Fact]
    public void A_checkpoint_without_any_block_is_an_error()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("embed.weight", [24, 16], Weights(24 * 16, 1));
        writer.Write(In("m.safetensors"));
        Assert.Contains("error RPB0103: the checkpoint has no tensor 'blocks.*.…', the weight of the list Ns.Model.blocks.*", Build().Error);
    }

    [Fact]
    public void A_layer_above_the_limit_breaks_the_build_and_leaves_the_old_file()
    {
        WriteModel();
        Assert.Equal(0, Build().Status);
        var before = File.ReadAllBytes(In("obj/m.reparam.safetensors"));
        var run = Build(plan => plan["maxWeightError"] = 0.25);
        Assert.Equal(1, run.Status);
        var lines = run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"error RPB0106: tensor 'blocks\.(0|10)\.conv\.weight' at 2 bits has a relative weight error of 0\.\d{4}, above the limit of 0\.25", line));
        Assert.Equal(2, lines.Length);
        Assert.Equal(before, File.ReadAllBytes(In("obj/m.reparam.safetensors")));
    }

    [Fact]
    public void Weights_that_are_not_finite_are_named()
    {
        var writer = Model();
        var bad = Weights(512, 8);
        bad[3] = float.NegativeInfinity;
        writer.Add<float>("blocks.2.query.weight", [16, 32], bad);
        writer.Add<float>("blocks.2.conv.weight", [4, 4, 2], Weights(32, 9));
        writer.Write(In("m.safetensors"));
        Assert.Contains("error RPB0105: tensor 'blocks.2.query.weight' holds -Infinity at element 3", Build().Error);
    }

    [Fact]
    public void An_integer_weight_is_refused()
    {
        var writer = Model();
        writer.Add<sbyte>("blocks.2.query.weight", [16, 32], new sbyte[512]);
        writer.Add<float>("blocks.2.conv.weight", [4, 4, 2], Weights(32, 9));
        writer.Write(In("m.safetensors"));
        Assert.Contains("error RPB0107: tensor 'blocks.2.query.weight' is I8 [16, 32]; F32, F16, BF16 or F64 can be coded", Build().Error);
    }

    [Theory]
    [InlineData("no JSON", "RPB0100: the plan cannot be read: ")]
    [InlineData("""{ "version": 2 }""", "RPB0100: the plan cannot be read: version is 2, and this tool reads version 1")]
    [InlineData("""{ "version": 1 }""", "RPB0100: the plan cannot be read: ")]
    [InlineData("""{ "version": 1, "checkpoint": "c", "output": "o", "model": "M", "manifests": {} }""", "no manifest of the model's class 'M'")]
    [InlineData("""{ "version": 1, "checkpoint": "c", "output": "o", "model": "M", "manifests": { "M": {} } }""", "error RPB0120: ")]
    public void A_plan_that_cannot_be_read_is_one_line(string text, string expected)
    {
        File.WriteAllText(In("plan.json"), text);
        var run = CommandRun.Of(BuildCommand.Create(), In("plan.json"));
        Assert.Equal(1, run.Status);
        Assert.Contains(expected, run.Error);
        Assert.Single(run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_plan_that_does_not_exist_is_one_line() =>
        Assert.Contains("plan.json: error RPB0100: ", CommandRun.Of(BuildCommand.Create(), In("plan.json")).Error);

    [Fact]
    public void A_class_that_contains_itself_is_refused()
    {
        WriteModel();
        var run = Build(plan => plan["manifests"]!["Ns.Block"]!["children"] = JsonNode.Parse("""[ { "path": "inner", "module": "Ns.Block" } ]"""));
        Assert.Contains("error RPB0100: the plan cannot be read: 'Ns.Block' contains itself through 'inner'", run.Error);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("3")]
    public void A_kernel_path_that_there_is_not_is_refused_before_anything_is_written(string path)
    {
        WriteModel();
        var run = Build(plan => plan["runtimeLayouts"] = new JsonArray(path));
        Assert.Equal(1, run.Status);
        Assert.Matches($@"^[^\r\n]*error RPB0102: the kernel path is '{path}'; known: avx512, avx2, vector128\r?\n$", run.Error);
        Assert.False(Directory.Exists(In("obj")));
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_one_line()
    {
        WriteModel();
        File.WriteAllText(In("obj"), "a file in the folder's place");
        var run = Build();
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*m\.reparam\.safetensors: error RPB0121: [^\r\n]*\r?\n$", run.Error);
    }
}
