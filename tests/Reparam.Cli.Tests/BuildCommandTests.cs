using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam build</c>: plans, the protocol of its lines, errors.</summary>
public sealed class BuildCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-build-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Manifests_are_expanded_and_each_layer_has_its_annotation()
    {
        WriteModel();
        var run = Build();
        Assert.Equal((0, ""), (run.Status, run.Error));

        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(
            ["blocks.0.conv.weight", "blocks.0.query.weight", "blocks.10.conv.weight", "blocks.10.query.weight", "embed.weight"],
            packed.Layers.Keys);
        var query = Assert.IsType<BinaryCodingSpec>(packed.Layers["blocks.10.query.weight"]);
        Assert.Equal(("row", 3, 16, 0), (query.Format.Name, query.Bits, query.GroupSize, query.ScaleTerms));
        var conv = Assert.IsType<BinaryCodingSpec>(packed.Layers["blocks.0.conv.weight"]);
        Assert.Equal(("row", 2, 0, 1), (conv.Format.Name, conv.Bits, conv.GroupSize, conv.ScaleTerms));
        Assert.Equal(4, ((PlanesSpec)packed.Layers["embed.weight"]).Bits);
        Assert.Equal(["blocks.0.query.bias", "head.weight"], packed.CopiedNames.Order());
        Assert.Equal("{}", packed.Checkpoint.Metadata["reparam.config"]);
    }

    [Fact]
    public void The_lines_follow_the_protocol()
    {
        WriteModel();
        var lines = Build().Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("##progress 0 5 embed.weight", lines[0]);
        Assert.Matches(@"^##progress 2 5 blocks\.0\.query\.weight \[16, 32\]: 3 bits, relative weight error 0\.\d{4}$", lines[2]);
        Assert.Matches(@"^##progress 5 5 ", lines[5]);
        Assert.Matches(@"^##summary 5 weights coded, [\d,]+ bytes became [\d,]+ ", lines[6]);
        Assert.Equal(7, lines.Length);

        using var report = JsonDocument.Parse(File.ReadAllText(In("obj/m.report.json")));
        Assert.Equal(5, report.RootElement.GetProperty("layers").GetArrayLength());
    }

    [Fact]
    public void A_width_in_the_plan_overrides_all_others()
    {
        WriteModel();
        Assert.Equal(0, Build(plan => plan["bits"] = 1).Status);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.All(packed.Layers.Values, layer => Assert.Equal(1, ((PlanesSpec)layer).Bits));
    }

    [Theory]
    [InlineData(false, "row", 3)]
    [InlineData(true, "nested", 1)]
    public void The_plan_of_a_calibration_is_the_builds_where_the_item_says_so(bool asked, string layout, int bits)
    {
        WriteModel();
        var calibration = new CalibrationWriter
        {
            Settings = CalibrationPlan.Of([new LayerPlan("blocks.0.query.weight", new ShiftAddAttribute(1) { Layout = ShiftAddLayout.Nested })]).ToJson(),
        };
        calibration.Add(["blocks.0.query.weight"], new Gram(32, Enumerable.Range(0, 32 * 32).Select(i => i % 33 == 0 ? 1f : 0f).ToArray(), 100));
        calibration.Write(In("c.safetensors"));
        var run = Build(plan => (plan["calibration"], plan["allocationPlan"]) = ("c.safetensors", asked ? "c.safetensors" : null));
        Assert.Equal((0, ""), (run.Status, run.Error));

        // An annotation that has changed since decides all the same; the build tells that the targets are of another coding.
        Assert.Equal(!asked, run.Output.Contains("##note 1 of 5 layers are coded otherwise", StringComparison.Ordinal));
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal((layout, bits), (packed.Layers["blocks.0.query.weight"].Format.Name, ((PlanesSpec)packed.Layers["blocks.0.query.weight"]).Bits));
        Assert.Equal(3, ((PlanesSpec)packed.Layers["blocks.10.query.weight"]).Bits);
    }

    [Fact]
    public void A_calibration_without_a_plan_is_no_plan()
    {
        WriteModel();
        var calibration = new CalibrationWriter();
        calibration.Add(["blocks.0.query.weight"], new Gram(32, Enumerable.Range(0, 32 * 32).Select(i => i % 33 == 0 ? 1f : 0f).ToArray(), 100));
        calibration.Write(In("c.safetensors"));
        var run = Build(plan => plan["allocationPlan"] = "c.safetensors");
        Assert.Equal(1, run.Status);
        Assert.Matches(@"^[^\r\n]*c\.safetensors: error RPB0133: [^\r\n]*holds no plan\r?\n$", run.Error);
    }

    [Fact]
    public void A_calibration_that_lacks_layers_names_them_but_no_embedding()
    {
        WriteModel();
        var calibration = new CalibrationWriter();
        calibration.Add(["blocks.0.query.weight"], new Gram(32, Enumerable.Range(0, 32 * 32).Select(i => i % 33 == 0 ? 1f : 0f).ToArray(), 100));
        calibration.Write(In("c.safetensors"));
        var run = Build(plan => plan["calibration"] = "c.safetensors");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches(
            @"(?m)^##warn RPB0111 '[^']*c\.safetensors' lacks 3 of the 5 weights to code: 'blocks\.0\.conv\.weight', 'blocks\.10\.query\.weight', 'blocks\.10\.conv\.weight'; they are coded without calibration\r?$",
            run.Output);
    }

    [Fact]
    public void An_annotated_weight_that_would_grow_is_copied_and_told()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("embed.weight", [1, 64], Weights(64, 1));
        writer.Write(In("m.safetensors"));
        var run = Build(plan =>
        {
            plan["layout"] = "column";
            plan["manifests"]!["Ns.Model"]!["children"] = new JsonArray();
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("##warn RPB0109 tensor 'embed.weight' is copied as it is: at 4 bits in the layout column it would take ", run.Output);
        Assert.Contains("##summary no weight coded, 1 tensor copied (1 that would not get smaller)", run.Output);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Empty(packed.Layers);
        Assert.Equal(["embed.weight"], packed.CopiedNames);
    }

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
    public void Layout_quality_and_a_budget_of_the_plan_override_the_annotations()
    {
        WriteModel();
        var run = Build(plan =>
        {
            (plan["quality"], plan["targetBits"], plan["allocation"]) = ("fast", 6.5, "obj/m.allocation.json");
            plan["manifests"]!["Ns.Model"]!["layers"]![0]!["options"] = JsonNode.Parse("""{ "bits": 4, "groupSize": 8, "layout": "Row", "fixed": true }""");
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains($"{Environment.NewLine}##note without calibration", run.Output);
        Assert.Matches(@"(?m)^##progress 1 5 measured, ", run.Output);
        Assert.Matches(@"(?m)^##note plan for 6\.5 bits a weight by output: [\d.]+ bits a weight, ", run.Output);
        using (var packed = PackedFile.Open(In("obj/m.reparam.safetensors")))
        {
            Assert.Equal((4, 8), (((PlanesSpec)packed.Layers["embed.weight"]).Bits, ((BinaryCodedMatrix)packed.ReadMatrix("embed.weight")).GroupSize));
            Assert.Equal(16, ((BinaryCodedMatrix)packed.ReadMatrix("blocks.0.query.weight")).GroupSize);
        }

        using var saved = JsonDocument.Parse(File.ReadAllText(In("obj/m.allocation.json")));
        Assert.Equal(5, saved.RootElement.GetProperty("layers").GetArrayLength());
        Assert.InRange(saved.RootElement.GetProperty("bitsPerWeight").GetDouble(), 3, 6.5);
        var first = File.ReadAllBytes(In("obj/m.reparam.safetensors"));

        File.Move(In("obj/m.allocation.json"), In("saved.json"));
        Build(plan => (plan["quality"], plan["allocationPlan"], plan["allocation"]) = ("fast", "saved.json", "obj/m.allocation.json"));
        Assert.False(File.Exists(In("obj/m.allocation.json")));
        using var again = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(first, File.ReadAllBytes(In("obj/m.reparam.safetensors")));
    }

    [Theory]
    [InlineData("targetBits", "0.5", "RPB0130: the budget is 0.5 bits a weight; the smallest codings take ")]
    [InlineData("targetBits", "-1", "RPB0102: target-bits is -1; it is a number above 0")]
    [InlineData("maxOutputError", "0.001", "RPB0131: tensor 'embed.weight' at 4 bits has a relative error of ")]
    [InlineData("layout", "\"spiral\"", "RPB0102: 'embed' (Ns.Model): layout is 'spiral'; shiftadd takes row, ")]
    [InlineData("calibration", "\"none.safetensors\"", "RPB0120: ")]
    [InlineData("allocationPlan", "\"none.json\"", "RPB0133: the bit plan cannot be used: ")]
    public void What_a_plan_cannot_ask_for_is_an_error(string member, string value, string expected)
    {
        WriteModel();
        var run = Build(plan => plan[member] = JsonNode.Parse(value));
        Assert.Equal(1, run.Status);
        Assert.Contains($": error {expected}", run.Error);
        Assert.False(File.Exists(In("obj/m.reparam.safetensors")));
    }

    [Fact]
    public void Two_runs_give_the_same_bytes()
    {
        WriteModel();
        Build();
        var (first, report) = (File.ReadAllBytes(In("obj/m.reparam.safetensors")), File.ReadAllBytes(In("obj/m.report.json")));
        Build(plan => plan["threads"] = 1);
        Assert.Equal(first, File.ReadAllBytes(In("obj/m.reparam.safetensors")));
        Assert.Equal(report, File.ReadAllBytes(In("obj/m.report.json")));
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

    [Theory]
    [InlineData("""{ "bits": 9 }""", "RPB0102: 'embed' (Ns.Model): bits is 9; shiftadd takes 1 to 4")]
    [InlineData("""{ "bits": 3, "rank": 4 }""", "RPB0102: 'embed' (Ns.Model): shiftadd has no option 'rank'")]
    [InlineData("""{ "bits": "three" }""", "RPB0102: 'embed' (Ns.Model): bits is \"three\"; shiftadd takes a whole number, 1 to 4")]
    [InlineData("""{ "bits": 3, "layout": "Spiral" }""", "RPB0102: 'embed' (Ns.Model): layout is 'Spiral'; shiftadd takes row, column, block8, nested, codebook, auto")]
    [InlineData("""{ "bits": 3, "layout": 3 }""", "RPB0102: 'embed' (Ns.Model): layout is 3; shiftadd takes row, ")]
    [InlineData("""{ "bits": 3, "fixed": "yes" }""", "RPB0102: 'embed' (Ns.Model): fixed is \"yes\"; shiftadd takes true or false")]
    [InlineData("""{ "groupSize": 8 }""", "RPB0102: 'embed' (Ns.Model): bits is missing")]
    public void An_invalid_option_names_layer_and_class(string options, string expected)
    {
        WriteModel();
        var run = Build(plan => plan["manifests"]!["Ns.Model"]!["layers"]![0]!["options"] = JsonNode.Parse(options));
        Assert.Equal(1, run.Status);
        Assert.StartsWith($"{In("m.safetensors")}: error {expected}", run.Error);
    }

    [Fact]
    public void An_unknown_method_is_named()
    {
        WriteModel();
        var run = Build(plan => plan["manifests"]!["Ns.Model"]!["layers"]![0]!["method"] = "vectorquant");
        Assert.StartsWith($"{In("m.safetensors")}: error RPB0101: 'embed' (Ns.Model) asks for the method 'vectorquant'; known: shiftadd", run.Error);
        Assert.EndsWith(Environment.NewLine, run.Error);
        Assert.Single(run.Error, '\n');
    }

    [Fact]
    public void Prepacked_weights_are_written_by_the_build_and_by_the_command()
    {
        WriteModel();
        Assert.Equal(0, Build(plan => plan["runtimeLayouts"] = new JsonArray("avx512", "vector128")).Status);
        var built = File.ReadAllBytes(In("obj/m.reparam.avx512"));
        Assert.True(File.Exists(In("obj/m.reparam.vector128")));
        File.Delete(In("obj/m.reparam.avx512"));

        var run = CommandRun.Of(RepackCommand.Create(), In("obj/m.reparam.safetensors"), "--for", "avx512");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(built, File.ReadAllBytes(In("obj/m.reparam.avx512")));
        Assert.Matches(@"m\.reparam\.avx512: [1-9]\d* matrices, \d+ bytes", run.Output);

        Assert.Equal(1, CommandRun.Of(RepackCommand.Create(), In("m.safetensors"), "--for", "avx2").Status);
        Assert.NotEqual(0, CommandRun.Of(RepackCommand.Create(), In("obj/m.reparam.safetensors"), "--for", "scalar").Status);
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

    [Fact]
    public void A_model_without_annotations_is_copied_with_a_warning()
    {
        WriteModel();
        var run = Build(plan => plan["manifests"] = JsonNode.Parse("""{ "Ns.Model": { "version": 1, "root": true, "layers": [], "children": [] } }"""));
        Assert.Equal(0, run.Status);
        Assert.StartsWith("##warn RPB0108 no layer of Ns.Model", run.Output);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Empty(packed.Layers);
        Assert.Equal(7, packed.CopiedNames.Count);
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

    [Fact]
    public void Where_a_list_holds_several_classes_each_element_is_what_fits()
    {
        var writer = Model();
        writer.Add<float>("blocks.2.gate.weight", [16, 32], Weights(512, 8));
        writer.Write(In("m.safetensors"));
        var run = Build(plan =>
        {
            plan["manifests"]!["Ns.Model"]!["children"]!.AsArray().Add(JsonNode.Parse("""{ "path": "blocks.*", "module": "Ns.Gate" }"""));
            plan["manifests"]!["Ns.Gate"] = JsonNode.Parse("""{ "layers": [ { "path": "gate", "kind": "linear", "method": "shiftadd", "options": { "bits": 2 } } ] }""");
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(6, packed.Layers.Count);
        Assert.Equal(2, ((PlanesSpec)packed.Layers["blocks.2.gate.weight"]).Bits);
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

    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public void A_signal_ends_it_with_130_and_nothing_half_written(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteLong();
        using var process = ReparamProcess.Start("build", In("plan.json"));
        Assert.Equal("##progress 0 1 embed.weight", process.StandardOutput.ReadLine());
        ReparamProcess.Signal(process, signal);
        AssertCancelled(process);
    }

    [Fact]
    public void It_ends_when_the_process_that_started_it_is_gone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteLong();
        using var parent = Process.Start("sleep", "3600");
        using var process = ReparamProcess.Start("build", In("plan.json"), "--parent", $"{parent.Id}");
        Assert.Equal("##progress 0 1 embed.weight", process.StandardOutput.ReadLine());
        Assert.False(process.HasExited);
        parent.Kill();
        parent.WaitForExit();
        AssertCancelled(process);

        using var late = ReparamProcess.Start("build", In("plan.json"), "--parent", $"{parent.Id}");
        AssertCancelled(late);
    }

    private void AssertCancelled(Process process)
    {
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.Exists(In("obj")) ? Directory.GetFileSystemEntries(In("obj")) : []);
    }

    private void WriteLong()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("embed.weight", [2048, 4096], Weights(2048 * 4096, 3));
        writer.Write(In("m.safetensors"));
        WritePlan(plan =>
        {
            plan["threads"] = 1;
            plan["manifests"]!["Ns.Model"]!["children"] = new JsonArray();
            plan["manifests"]!["Ns.Model"]!["layers"]![0]!["options"] = JsonNode.Parse("""{ "bits": 4, "scaleTerms": 3, "rounds": 100 }""");
        });
    }

    private CommandRun Build(Action<JsonNode>? change = null)
    {
        WritePlan(change);
        return CommandRun.Of(BuildCommand.Create(), In("plan.json"));
    }

    private void WritePlan(Action<JsonNode>? change)
    {
        var plan = JsonNode.Parse(
            """
            {
              "version": 1, "checkpoint": "m.safetensors", "output": "obj/m.reparam.safetensors", "report": "obj/m.report.json",
              "model": "Ns.Model", "seed": 0, "threads": 0, "bits": null, "maxWeightError": null,
              "manifests": {
                "Ns.Model": {
                  "version": 1, "root": true,
                  "layers": [
                    { "path": "embed", "kind": "embedding", "method": "shiftadd", "options": { "bits": 4 } },
                    { "path": "head", "kind": "linear" }
                  ],
                  "children": [ { "path": "blocks.*", "module": "Ns.Block" } ]
                },
                "Ns.Block": {
                  "version": 1, "root": false,
                  "layers": [
                    { "path": "query", "kind": "linear", "method": "shiftadd", "options": { "bits": 3, "groupSize": 16 } },
                    { "path": "conv", "kind": "conv1d", "method": "shiftadd", "options": { "bits": 2, "groupSize": 0, "scaleTerms": 1, "rounds": 5 } }
                  ],
                  "children": []
                }
              }
            }
            """)!;
        change?.Invoke(plan);
        File.WriteAllText(In("plan.json"), plan.ToJsonString());
    }

    private void WriteModel() => Model().Write(In("m.safetensors"));

    private static SafetensorsWriter Model()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("embed.weight", [24, 16], Weights(24 * 16, 1));
        writer.Add<float>("head.weight", [24, 16], Weights(24 * 16, 2));
        writer.Add<float>("blocks.0.query.bias", [16], Weights(16, 3));
        foreach (var block in new[] { 0, 10 })
        {
            writer.Add<float>($"blocks.{block}.query.weight", [16, 32], Weights(512, 4 + block));
            writer.Add<float>($"blocks.{block}.conv.weight", [8, 16, 3], Weights(8 * 16 * 3, 5 + block));
        }

        writer.SetMetadata("reparam.config", "{}");
        return writer;
    }

    private static float[] Weights(int number, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, number).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
    }

    private string In(string name) => Path.Combine(folder, name);
}
