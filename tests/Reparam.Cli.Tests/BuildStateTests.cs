using System.Text.Json.Nodes;
using Reparam.Build.Stamps;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary>Every tensor of the checkpoint is compared with the manifests: what the app would refuse is told in the build.</summary>
public sealed class BuildStateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-state-").FullName;
    private readonly Dictionary<string, (long[] Shape, float[] Values)> tensors = new(StringComparer.Ordinal);

    public BuildStateTests()
    {
        Add("embed.weight", 24, 16);
        Add("output.weight", 4, 16);
        Add("output.bias", 4);
        Add("norm.weight", 16);
        Add("norm.bias", 16);
        Add("blocks.0.query.weight", 16, 16);
        Add("blocks.0.gain", 16);
        Add("blocks.1.query.weight", 16, 16);
        Add("blocks.1.gain", 16);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_checkpoint_that_fits_has_nothing_to_tell_and_a_stamp()
    {
        Add("blocks.0.rotary.inv_freq", 8); // a derived tensor, by the loader's rule
        Add("free.whatever.weight", 3); // below an open path
        Assert.Equal([], Errors());
        var stamp = BuildStamp.Read(In("obj/m.stamp"))!;
        Assert.Equal(FileGroup.HashOf([In("m.safetensors")]), stamp.Find(BuildStamp.Checkpoint)!.Hash);
        Assert.Equal([In("obj/m.reparam.safetensors"), In("obj/m.report.json")], stamp.Groups.Where(group => group.Name == BuildStamp.Output).Select(group => group.Files[0].Key));
    }

    [Fact]
    public void Missing_extra_and_misshapen_tensors_are_all_told_at_once()
    {
        Remove("output.weight");
        Add("outptu.weight", 4, 16);
        Remove("blocks.1.gain");
        Add("extra.buffer", 3);
        Add("output.bias", 3);
        Add("norm.weight", 4, 4);
        Add("blocks.0.gain", 17);
        Assert.Equal(
            [
                "RPB0103: the checkpoint has no tensor 'output.weight', a parameter of Ns.Model; nearest name: 'outptu.weight'",
                "RPB0103: the checkpoint has no tensor 'blocks.1.gain', a parameter of Ns.Block",
                "RPB0104: tensor 'output.bias' is F32 [3]; Ns.Model has [4]",
                "RPB0104: tensor 'norm.weight' is F32 [4, 4]; Ns.Model has [?]",
                "RPB0104: tensor 'blocks.0.gain' is F32 [17]; Ns.Block has [16]",
                "RPB0151: the checkpoint has a tensor 'extra.buffer' F32 [3], which no part of Ns.Model takes: the app would refuse the file. Leave it out with Skip in the item, or convert the checkpoint",
                "RPB0151: the checkpoint has a tensor 'outptu.weight' F32 [4, 16], which no part of Ns.Model takes; nearest name: 'output.weight'",
            ],
            Errors());
        Assert.False(File.Exists(In("obj/m.reparam.safetensors")));
    }

    [Fact]
    public void A_bias_is_as_long_as_its_weight_has_rows_also_where_no_shape_is_known()
    {
        Add("output.bias", 3);
        Add("norm.bias", 15);
        Assert.Equal(
            [
                "RPB0104: tensor 'output.bias' is F32 [3]; it goes with 'output.weight' F32 [4, 16], so its length is 4",
                "RPB0104: tensor 'norm.bias' is F32 [15]; it goes with 'norm.weight' F32 [16], so its length is 16",
            ],
            Errors(plan => Array.ForEach([.. plan["manifests"]!["Ns.Model"]!["tensors"]!.AsArray()], tensor => tensor!["shape"] = new JsonArray([.. Enumerable.Repeat<JsonNode?>(null, tensor["shape"]!.AsArray().Count)]))));
    }

    [Fact]
    public void A_whole_child_that_is_missing_is_told_by_its_tensors()
    {
        Remove("blocks.1.query.weight");
        Assert.Equal(["RPB0103: the checkpoint has no tensor 'blocks.1.query.weight', the weight of Ns.Block.query (shiftadd)"], Errors());
    }

    [Fact]
    public void An_older_manifest_says_nothing_of_other_tensors()
    {
        Add("anything", 3);
        Remove("output.weight");
        Assert.Equal([], Errors(plan => plan["manifests"]!["Ns.Model"]!.AsObject().Remove("tensors")));
    }

    [Fact]
    public void The_state_of_training_is_not_to_be_left_out_but_exported()
    {
        Add("output.reparam.lora.a", 2, 16);
        Assert.Equal(
            [
                "RPB0151: the checkpoint has a tensor 'output.reparam.lora.a' F32 [2, 16], which no part of Ns.Model takes: the app would refuse the file. "
                + "Names with 'reparam.' are the state of training: give the build a file that ExportDense wrote",
            ],
            Errors());
    }

    [Fact]
    public void What_Skip_names_is_left_out_and_told()
    {
        Add("rotary.a", 4);
        Add("rotary.b", 4);
        var run = Build(plan => plan["skip"] = new JsonArray("rotary.*", "none.*"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("##note left out by Skip: rotary.a, rotary.b", run.Output, StringComparison.Ordinal);
        Assert.Contains("##warn RPB0102 the pattern 'none.*' of Skip matches no tensor", run.Output, StringComparison.Ordinal);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.DoesNotContain(packed.CopiedNames, name => name.StartsWith("rotary", StringComparison.Ordinal));
        Assert.Contains("output.bias", packed.CopiedNames);

        // What the model needs cannot be left out.
        Assert.Equal(["RPB0103: the checkpoint has no tensor 'output.weight', a parameter of Ns.Model", .. Rotary()], Errors(plan => plan["skip"] = new JsonArray("output.weight")));

        static string[] Rotary() =>
        [
            "RPB0151: the checkpoint has a tensor 'rotary.a' F32 [4], which no part of Ns.Model takes: the app would refuse the file. Leave it out with Skip in the item, or convert the checkpoint",
            "RPB0151: the checkpoint has a tensor 'rotary.b' F32 [4], which no part of Ns.Model takes",
        ];
    }

    [Fact]
    public void Copied_tensors_that_are_not_finite_are_warned_of_and_masks_are_not()
    {
        tensors["output.weight"].Values[5] = float.NaN;
        tensors["norm.bias"].Values[0] = float.NegativeInfinity;
        Add("free.mask", 4, 4);
        tensors["free.mask"].Values[1] = float.NegativeInfinity;
        Add("free.other", 4);
        tensors["free.other"].Values[1] = float.PositiveInfinity;
        var run = Build();
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(
            [
                "##warn RPB0152 tensor 'free.other' has infinities at 1 places, which the app will load and compute with",
                "##warn RPB0152 tensor 'norm.bias' has infinities at 1 places, which the app will load and compute with",
                "##warn RPB0152 tensor 'output.weight' has NaN at 1 places, which the app will load and compute with",
            ],
            run.Output.Split(Environment.NewLine).Where(line => line.StartsWith("##warn", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_tied_names_one_is_enough_and_two_must_agree()
    {
        Action<JsonNode> tie = plan => plan["manifests"]!["Ns.Model"]!["tied"] = JsonNode.Parse("""[["output.weight", "embed.weight"]]""");
        Remove("output.weight");
        Remove("output.bias");
        Assert.Equal([], Errors(plan =>
        {
            tie(plan);
            plan["manifests"]!["Ns.Model"]!["tensors"]!.AsArray().RemoveAt(2);
        }));

        Add("output.weight", 24, 16);
        Add("output.bias", 24);
        Assert.Contains(
            "RPB0153: 'output.weight' and 'embed.weight' are one tensor in Ns.Model, and only one of them has a post-training method: leave 'output.weight' out with Skip in the item",
            Errors(plan =>
            {
                tie(plan);
                plan["manifests"]!["Ns.Model"]!["tensors"]!.AsArray().RemoveAt(1);
            }));
    }

    [Theory]
    [InlineData("embed")]
    [InlineData("output")]
    public void What_is_tied_and_there_twice_is_stored_and_coded_once(string annotated)
    {
        Remove("output.bias");
        tensors["output.weight"] = tensors["embed.weight"];
        var run = Build(plan =>
        {
            var model = plan["manifests"]!["Ns.Model"]!;
            model["tied"] = JsonNode.Parse("""[["output.weight", "embed.weight"]]""");
            model["tensors"]!.AsArray().RemoveAt(2);
            model["tensors"]!.AsArray().RemoveAt(1);
            model["tensors"]!.AsArray().Add(JsonNode.Parse("""{ "path": "output.weight", "shape": [24, 16] }"""));
            model["layers"]!.AsArray().Clear();
            model["layers"]!.AsArray().Add(JsonNode.Parse($$"""{ "path": "{{annotated}}", "kind": "linear", "method": "shiftadd", "options": { "bits": 3 } }"""));
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("##note 'output.weight' is 'embed.weight' in Ns.Model, and both are in the checkpoint: stored once", run.Output, StringComparison.Ordinal);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Contains("embed.weight", packed.Layers.Keys);
        Assert.DoesNotContain("output.weight", packed.Layers.Keys.Concat(packed.CopiedNames));
    }

    [Fact]
    public void Of_names_that_may_be_tied_the_values_tell_whether_they_are()
    {
        Action<JsonNode> tie = plan =>
        {
            plan["manifests"]!["Ns.Model"]!["tied"] = JsonNode.Parse("""[["output.weight", "embed.weight", "perhaps"]]""");
            plan["manifests"]!["Ns.Model"]!["tensors"]!.AsArray().RemoveAt(2);
            plan["manifests"]!["Ns.Model"]!["tensors"]!.AsArray().RemoveAt(1);
            plan["manifests"]!["Ns.Model"]!["tensors"]!.AsArray().Add(JsonNode.Parse("""{ "path": "output.weight", "shape": [24, 16] }"""));
        };
        Remove("output.bias");
        Add("output.weight", 24, 16);
        tensors["output.weight"] = tensors["output.weight"] with { Values = [.. tensors["output.weight"].Values.Select(value => value + 1)] };
        Assert.Equal([], Errors(tie));

        tensors["output.weight"] = tensors["embed.weight"];
        Assert.Contains(Errors(tie), error => error.StartsWith("RPB0153: 'output.weight' and 'embed.weight' are one tensor in Ns.Model, and only one of them has", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_model_may_be_made_without_is_told_and_no_error()
    {
        Action<JsonNode> add = plan =>
        {
            var model = plan["manifests"]!["Ns.Model"]!;
            model["layers"]!.AsArray().Add(JsonNode.Parse("""{ "path": "gate", "kind": "linear", "method": "shiftadd", "options": { "bits": 3 } }"""));
            model["tensors"]!.AsArray().Add(JsonNode.Parse("""{ "path": "gate.weight", "shape": [16, 16] }"""));
            model["tensors"]!.AsArray().Add(JsonNode.Parse("""{ "path": "gate.bias", "shape": [16] }"""));
            model["children"]!.AsArray().Add(JsonNode.Parse("""{ "path": "tail.*", "module": "Ns.Block", "required": true }"""));
            model["children"]!.AsArray().Add(JsonNode.Parse("""{ "path": "last", "module": "Ns.Block" }"""));
        };
        var run = Build(add);
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(
            [
                "##note the checkpoint has no elements of the list 'tail.*' (Ns.Model.tail.*); an app that makes its Ns.Model with them would refuse the packed file",
                "##note the checkpoint has no tensors of 'gate' (Ns.Model.gate); an app that makes its Ns.Model with them would refuse the packed file",
                "##note the checkpoint has no tensors of 'last' (Ns.Model.last); an app that makes its Ns.Model with them would refuse the packed file",
            ],
            run.Output.Split(Environment.NewLine).Where(line => line.StartsWith("##note", StringComparison.Ordinal)));

        // A part of it, or anything else that does not fit, and it is missing.
        Add("gate.bias", 16);
        Add("last.gain", 16);
        Assert.Equal(
            [
                "RPB0103: the checkpoint has no tensor 'tail.*.…', the weight of the list Ns.Model.tail.*",
                "RPB0103: the checkpoint has no tensor 'gate.weight', the weight of Ns.Model.gate (shiftadd)",
                "RPB0103: the checkpoint has no tensor 'last.query.weight', the weight of Ns.Block.query (shiftadd)",
            ],
            Errors(add).Select(error => error.Split("; nearest name")[0]));
    }

    [Fact]
    public void What_one_element_of_a_container_has_another_need_not_have()
    {
        Add("mixed.0.0.weight", 16, 16);
        Add("mixed.1.proj.weight", 16, 16);
        var run = Build(plan =>
        {
            var model = plan["manifests"]!["Ns.Model"]!;
            foreach (var path in new[] { "mixed.*.0", "mixed.*.proj" })
            {
                model["layers"]!.AsArray().Add(JsonNode.Parse($$"""{ "path": "{{path}}", "kind": "linear", "method": "shiftadd", "options": { "bits": 3 } }"""));
            }

            model["open"]!.AsArray().Add(JsonValue.Create("mixed.*"));
        });
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.DoesNotContain("mixed", string.Join(";", run.Output.Split(Environment.NewLine).Where(line => line.StartsWith("##note", StringComparison.Ordinal))), StringComparison.Ordinal);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Contains("mixed.0.0.weight", packed.Layers.Keys);
        Assert.Contains("mixed.1.proj.weight", packed.Layers.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shared_children_of_many_levels_are_bounded(bool withLayers)
    {
        // 2^24 paths, of which the checkpoint has none.
        Action<JsonNode> deepen = plan =>
        {
            var manifests = plan["manifests"]!.AsObject();
            for (var level = 0; level < 24; level++)
            {
                manifests[$"D{level}"] = JsonNode.Parse($$"""{ "layers": [], "tensors": [], "children": [ { "path": "a", "module": "D{{level + 1}}", "required": true }, { "path": "b", "module": "D{{level + 1}}", "required": true } ] }""");
            }

            manifests["D24"] = JsonNode.Parse(withLayers
                ? """{ "layers": [ { "path": "x", "kind": "linear", "method": "shiftadd", "options": { "bits": 2 } } ], "tensors": [ { "path": "x.weight", "required": true } ], "children": [] }"""
                : """{ "layers": [], "tensors": [], "children": [] }""");
            manifests["Ns.Model"]!["children"]!.AsArray().Add(JsonNode.Parse("""{ "path": "deep", "module": "D0", "required": true }"""));
        };
        var errors = Errors(deepen);
        Assert.Equal(withLayers ? ["RPB0100: the plan cannot be read: the model is too large: it has more layers than the 9 tensors of the checkpoint can fill"] : [], errors);
    }

    [Fact]
    public void A_chain_of_classes_of_any_length_is_walked()
    {
        const int length = 50_000;
        var errors = Errors(plan =>
        {
            var manifests = plan["manifests"]!.AsObject();
            for (var i = 0; i < length; i++)
            {
                manifests[$"C{i}"] = JsonNode.Parse($$"""{ "layers": [], "tensors": [ { "path": "w", "required": true } ], "children": [ { "path": "c", "module": "C{{i + 1}}", "required": true } ] }""");
            }

            manifests[$"C{length}"] = JsonNode.Parse("""{ "layers": [ { "path": "x", "kind": "linear", "method": "shiftadd", "options": { "bits": 2 } } ], "tensors": [] }""");
            manifests["Ns.Model"]!["children"]!.AsArray().Add(JsonNode.Parse("""{ "path": "deep", "module": "C0", "required": true }"""));
        });
        Assert.Equal(["RPB0100: the plan cannot be read: the model is too large: its modules are nested deeper than 200"], errors);
    }

    [Theory]
    [InlineData("output", "/", "output is '/'")]
    [InlineData("report", "obj/", "report is 'obj/'")]
    [InlineData("stamp", "obj/m.report.json", "report and stamp are both 'obj/m.report.json'")]
    public void An_output_is_a_file_of_its_own(string member, string value, string expected)
    {
        Assert.StartsWith($"RPB0100: the plan cannot be read: {expected}", Assert.Single(Errors(plan => plan[member] = value)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("obj")));
    }

    [Fact]
    public void The_checkpoint_is_no_place_for_a_report()
    {
        var error = Assert.Single(Errors(plan => plan["report"] = "m.safetensors"));
        Assert.StartsWith("RPB0122: ", error, StringComparison.Ordinal);
    }

    private string In(string file) => Path.Combine(folder, file);

    private void Add(string name, params long[] shape) =>
        tensors[name] = (shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, dimension) => product * dimension)).Select(i => (float)Math.Sin((7 * i) + name.Length))]);

    private void Remove(string name) => tensors.Remove(name);

    // The text of each error line behind "error ".
    private string[] Errors(Action<JsonNode>? change = null) =>
        [.. Build(change).Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf(": error ", StringComparison.Ordinal) + 8)..])];

    private CommandRun Build(Action<JsonNode>? change = null)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, (shape, values)) in tensors)
        {
            writer.Add<float>(name, shape, values);
        }

        writer.Write(In("m.safetensors"));
        var plan = JsonNode.Parse(
            """
            {
              "version": 1, "checkpoint": "m.safetensors", "output": "obj/m.reparam.safetensors", "report": "obj/m.report.json", "stamp": "obj/m.stamp", "model": "Ns.Model",
              "manifests": {
                "Ns.Model": {
                  "version": 1, "root": true,
                  "layers": [
                    { "path": "embed", "kind": "embedding", "method": "shiftadd", "options": { "bits": 4 } },
                    { "path": "output", "kind": "linear" }
                  ],
                  "children": [ { "path": "blocks.*", "module": "Ns.Block", "required": true } ],
                  "tensors": [
                    { "path": "embed.weight", "shape": [24, 16], "required": true },
                    { "path": "output.weight", "shape": [4, null], "required": true },
                    { "path": "output.bias", "shape": [4], "required": true },
                    { "path": "norm.weight", "shape": [null], "required": true },
                    { "path": "norm.bias", "shape": [null] }
                  ],
                  "open": [ "free" ]
                },
                "Ns.Block": {
                  "version": 1,
                  "layers": [ { "path": "query", "kind": "linear", "method": "shiftadd", "options": { "bits": 3 } } ],
                  "children": [],
                  "tensors": [ { "path": "query.weight", "shape": [16, 16], "required": true }, { "path": "gain", "shape": [16], "required": true } ]
                }
              }
            }
            """)!;
        change?.Invoke(plan);
        File.WriteAllText(In("plan.json"), plan.ToJsonString());
        return CommandRun.Of(BuildCommand.Create(), In("plan.json"));
    }
}
