using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary><c>reparam build</c>: what it makes of a model and its plan, and the protocol of its lines.</summary>
public sealed class BuildCommandTests : BuildFixture
{
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
        Assert.Equal("##detail head.weight stays dense: no attribute", lines[6]);
        Assert.Matches(@"^##summary 5 weights coded, [\d,]+ bytes became [\d,]+ ", lines[7]);
        Assert.Equal("##summary Ns.Model: 5 of 6 weights coded; dense: head.weight (no attribute)", lines[8]);
        Assert.Equal(9, lines.Length);

        using var report = JsonDocument.Parse(File.ReadAllText(In("obj/m.report.json")));
        Assert.Equal(5, report.RootElement.GetProperty("layers").GetArrayLength());
        var head = report.RootElement.GetProperty("copied").EnumerateArray().Single(tensor => tensor.GetProperty("tensor").GetString() == "head.weight");
        Assert.Equal("no attribute", head.GetProperty("why").GetString());
    }

    [Fact]
    public void Weights_that_stay_dense_are_told_with_their_reasons()
    {
        var writer = Model();
        writer.Add<float>("up.weight", [4, 4, 3, 3], Weights(144, 7));
        writer.Add<float>("table", [4, 4], Weights(16, 8));
        writer.Add<float>("rest.deep.weight", [4, 4], Weights(16, 9));
        writer.Add<float>("off.weight", [4, 4], Weights(16, 10));
        writer.Write(In("m.safetensors"));
        var run = Build(plan =>
        {
            var model = plan["manifests"]!["Ns.Model"]!;
            model["layers"]!.AsArray().Add(JsonNode.Parse("""{ "path": "off", "kind": "linear", "why": "ignored" }"""));
            model["others"] = JsonNode.Parse("""[ { "path": "up", "type": "ConvTranspose2d" } ]""");
            model["tensors"] = JsonNode.Parse("""[ { "path": "table" } ]""");
            model["open"] = JsonNode.Parse("""[ "" ]""");
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("##summary Ns.Model: 5 of 10 weights coded; dense: ", run.Output, StringComparison.Ordinal);
        Assert.All(
            [
                "head.weight (no attribute)", "up.weight (ConvTranspose2d, which no method codes)", "table (a parameter of the class itself)",
                "rest.deep.weight (the source shows no layer here)", "off.weight (Ignore)",
            ],
            part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
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
}
