using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Compression.Calibration;
using Reparam.Compression.Steps;

namespace Reparam.Cli.Tests;

/// <summary>The steps of a plan: the default ones, those that it writes, those of other assemblies, and what is said of each.</summary>
public sealed class PlanStepTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-steps-").FullName;

    static PlanStepTests() => Array.ForEach<PlanStep>([new ScaleStep(), new LyingStep(), new AddingStep()], PlanSteps.Register);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_default_steps_fold_batch_norms_and_say_so()
    {
        var run = Build();
        Assert.Equal((0, ""), (run.Status, run.Error));
        var steps = Steps();
        Assert.Equal(["foldStructures", "foldBatchNorm", "code"], steps.Select(step => step!["kind"]!.GetValue<string>()));
        Assert.Equal("""{"kind":"foldStructures","did":[],"reads":[],"writes":[],"drops":[]}""", steps[0]!.ToJsonString());
        Assert.Equal(["bn into fc"], Names(steps[1]!, "did"));
        Assert.Equal(["fc.weight", "fc.bias"], Names(steps[1]!, "writes"));
        Assert.Equal(["bn.bias", "bn.running_mean", "bn.running_var", "bn.weight"], Names(steps[1]!, "drops").Order(StringComparer.Ordinal));
        Assert.Equal(["weights coded by shiftadd: 1"], Names(steps[2]!, "did"));
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(["fc.bias"], packed.CopiedNames);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_with_a_target_keeps_its_batch_norm_and_a_calibration_is_of_the_weights_before_the_steps(bool hasTarget)
    {
        WriteModel();
        var calibration = new CalibrationWriter();
        using (var model = Checkpoint.Open(In("m.safetensors")))
        {
            calibration.SourceHash = WeightHash.Compute(model);
        }

        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => i % 65 == 0 ? 1f : 0f)];
        calibration.Add(["fc.weight"], 64, 100, () => Values(64 * 64));
        if (hasTarget)
        {
            calibration.AddTarget("fc.weight", Values(8 * 64));
        }

        calibration.Write(In("c.safetensors"));
        var run = Build(calibration: "c.safetensors");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.DoesNotContain("RPB0117", run.Output);
        string[] did = hasTarget ? [] : ["bn into fc"];
        Assert.Equal(did, Names(Steps()[1]!, "did"));
        var isTold = run.Output.Contains("##note the batch norm 'bn' stays: the calibration has a target for the weight of 'fc'", StringComparison.Ordinal);
        Assert.Equal(hasTarget, isTold);
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(hasTarget ? 4 : 1, packed.CopiedNames.Count);
    }

    [Fact]
    public void A_plan_that_writes_its_steps_has_those_alone()
    {
        Assert.Equal(0, Build("""[{ "kind": "code" }]""").Status);
        Assert.Equal(["code"], Steps().Select(step => step!["kind"]!.GetValue<string>()));
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(4, packed.CopiedNames.Count);
    }

    [Fact]
    public void A_step_of_another_assembly_rewrites_what_is_coded()
    {
        Assert.Equal(0, Build("""[{ "kind": "code" }]""").Status);
        var before = Decoded();
        var run = Build("""[{ "kind": "scaleInTest", "options": { "by": 2 } }, { "kind": "code" }]""");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("##note scaled by 2", run.Output);
        Assert.Equal(["fc.weight"], Names(Steps()[0]!, "writes"));

        // A power of two leaves every choice of the coder as it was.
        Assert.Equal(before.Select(value => 2 * value), Decoded());
    }

    [Theory]
    [InlineData("""[{ "kind": "codes" }]""", "the plan has a step 'codes' (did you mean code?); known: foldStructures, foldBatchNorm, code")]
    [InlineData("""[{ "kind": "code", "options": { "bits": 3 } }]""", "the step 'code' has no option 'bits'; it has none")]
    [InlineData("""[{ "kind": "scaleInTest", "options": { "of": 3 } }, { "kind": "code" }]""", "the step 'scaleInTest' has no option 'of'; it has by")]
    [InlineData("""[{ "kind": "scaleInTest", "options": { "by": -1 } }, { "kind": "code" }]""", "the step 'scaleInTest': by is -1, expected a number above 0")]
    [InlineData("""[]""", "the plan has 0 steps 'code'; it has one")]
    [InlineData("""[{ "kind": "code" }, { "kind": "code" }]""", "the plan has 2 steps 'code'; it has one")]
    [InlineData("""[{ "kind": "liesInTest" }, { "kind": "code" }]""", "the step 'liesInTest' drops a tensor and does not say so: 'bn.weight'")]
    [InlineData("""[{ "kind": "code" }, { "kind": "scaleInTest" }]""", "the step 'scaleInTest' changes a tensor that a step before it codes: 'fc.weight'")]
    public void What_cannot_be_is_refused(string steps, string expected)
    {
        var run = Build(steps);
        Assert.Equal(1, run.Status);
        Assert.Contains($"error RPB0102: {expected}", run.Error);
        Assert.False(File.Exists(In("obj/m.reparam.safetensors")));
    }

    [Fact]
    public void A_tensor_that_a_step_adds_is_unexpected_where_the_step_does_not_settle_it()
    {
        var run = Build("""[{ "kind": "addsInTest" }, { "kind": "code" }]""");
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0151: the checkpoint has a tensor 'added' ", run.Error);
        Assert.Equal(0, Build("""[{ "kind": "addsInTest", "options": { "settled": true } }, { "kind": "code" }]""").Status);
    }

    [Fact]
    public void A_layer_that_rounds_its_inputs_takes_its_batch_norm_too()
    {
        var run = Build(layer:
            """
            {
              "path": "fc", "kind": "linear", "method": "uniform", "options": { "bits": 8, "activations": 8 },
              "inputMap": { "method": "uniform", "options": {}, "state": ["reparam.uniform.input_scale", "reparam.uniform.input_zero"] }
            }
            """);
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(["bn into fc"], Names(Steps()[1]!, "did"));
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        Assert.Equal(["fc.bias"], packed.CopiedNames);
        Assert.True(packed.Layers["fc.weight"].RoundsInputs);
    }

    private void WriteModel(bool withState = false)
    {
        var writer = new SafetensorsWriter();
        float[] Values(int count, float from) => [.. Enumerable.Range(0, count).Select(i => from + (0.3f * MathF.Sin(i * i)))];
        writer.Add<float>("fc.weight", [8, 64], Values(512, 0));
        writer.Add<float>("bn.weight", [8], Values(8, 1));
        writer.Add<float>("bn.bias", [8], Values(8, 0));
        writer.Add<float>("bn.running_mean", [8], Values(8, 0));
        writer.Add<float>("bn.running_var", [8], Values(8, 1));
        if (withState)
        {
            writer.Add<float>("fc.reparam.uniform.input_scale", [1], Values(1, 1));
            writer.Add<float>("fc.reparam.uniform.input_zero", [1], Values(1, 128));
        }

        writer.Write(In("m.safetensors"));
    }

    private CommandRun Build(string? steps = null, string? calibration = null, string? layer = null)
    {
        WriteModel(withState: layer is not null);
        var plan = JsonNode.Parse(
            """
            {
              "version": 1, "checkpoint": "m.safetensors", "output": "obj/m.reparam.safetensors", "report": "obj/m.report.json",
              "model": "Ns.Model", "threads": 0,
              "manifests": { "Ns.Model": {
                "version": 1, "root": true, "children": [],
                "layers": [ { "path": "fc", "kind": "linear", "method": "shiftadd", "options": { "bits": 3, "layout": "row", "groupSize": 32 } } ],
                "edges": [ { "from": "fc", "to": ["bn"], "kind": "batchNorm", "sole": true, "eps": 1e-5 } ],
                "tensors": [
                  { "path": "fc.weight", "shape": [8, 64], "required": true }, { "path": "bn.weight", "shape": [8], "required": true },
                  { "path": "bn.bias", "shape": [8], "required": true },
                  { "path": "bn.running_mean", "shape": [8], "required": true, "buffer": true },
                  { "path": "bn.running_var", "shape": [8], "required": true, "buffer": true }
                ] } }
            }
            """)!;
        if (layer is not null)
        {
            plan["manifests"]!["Ns.Model"]!["layers"]![0] = JsonNode.Parse(layer);
        }

        if (steps is not null)
        {
            plan["steps"] = JsonNode.Parse(steps);
        }

        plan["calibration"] = calibration;
        File.WriteAllText(In("plan.json"), plan.ToJsonString());
        return CommandRun.Of(BuildCommand.Create(), In("plan.json"));
    }

    private JsonArray Steps() => JsonNode.Parse(File.ReadAllText(In("obj/m.report.json")))!["steps"]!.AsArray();

    private static string[] Names(JsonNode step, string member) => [.. step[member]!.AsArray().Select(name => name!.GetValue<string>())];

    private float[] Decoded()
    {
        using var packed = PackedFile.Open(In("obj/m.reparam.safetensors"));
        return packed.ReadSingles("fc.weight");
    }

    private string In(string name) => Path.Combine(folder, name);

    private static StepResult Computed(StepContext context, string name, float[] values, params long[] shape) => context.Rewritten(new RewrittenCheckpoint(
        context.Checkpoint, [(new TensorInfo(name, DType.F32, [.. shape]), () => MemoryMarshal.AsBytes<float>(values).ToArray())],
        new HashSet<string>(), new Dictionary<string, string>()));

    /// <summary>Multiplies a weight.</summary>
    private sealed class ScaleStep() : PlanStep("scaleInTest")
    {
        public override IReadOnlyCollection<string> OptionNames => ["by"];

        public override StepResult Apply(StepContext context)
        {
            var by = context.Options.TryGetValue("by", out var value) ? value.GetSingle() : 1;
            float[] scaled = [.. context.Checkpoint.ReadSingles("fc.weight").Select(weight => weight * by)];
            return by > 0
                ? Computed(context, "fc.weight", scaled, 8, 64) with { Notes = [$"scaled by {by}"] }
                : throw new ArgumentException($"by is {by}, expected a number above 0");
        }
    }

    /// <summary>Drops a tensor and does not say so.</summary>
    private sealed class LyingStep() : PlanStep("liesInTest")
    {
        public override StepResult Apply(StepContext context) =>
            context.Rewritten(new RewrittenCheckpoint(context.Checkpoint, [], new HashSet<string> { "bn.weight" }, new Dictionary<string, string>())) with
            {
                Drops = [],
                Reads = [],
            };
    }

    /// <summary>Adds a tensor.</summary>
    private sealed class AddingStep() : PlanStep("addsInTest")
    {
        public override IReadOnlyCollection<string> OptionNames => ["settled"];

        public override StepResult Apply(StepContext context)
        {
            var result = Computed(context, "added", [1], 1);
            return result with { Settled = context.Options.ContainsKey("settled") ? result.Writes : [] };
        }
    }
}
