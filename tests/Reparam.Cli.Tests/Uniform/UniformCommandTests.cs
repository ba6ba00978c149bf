using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests.Uniform;

/// <summary>Weights on uniform grids by the command and by the build's worker.</summary>
public sealed class UniformCommandTests : CompressFixture
{
    [Theory]
    [InlineData(4, 0.1)]
    [InlineData(8, 0.006)]
    public void A_checkpoint_goes_onto_uniform_grids_and_back(int bits, double bar)
    {
        WriteDense();
        var run = Run("--bits", $"{bits}", "--group-size", "16", "--symmetric", "--report", In("r.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("3 weights coded", run.Output);
        Assert.Contains("layout uniform", run.Output);
        run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("symmetric", run.Output);
        run = CommandRun.Of(DecompressCommand.Create(), In("p.safetensors"), "-o", In("back.safetensors"));
        Assert.Equal((0, ""), (run.Status, run.Error));

        using var dense = Checkpoint.Open(In("d.safetensors"));
        using var packed = PackedFile.Open(In("p.safetensors"));
        using var back = Checkpoint.Open(In("back.safetensors"));
        foreach (var (name, spec) in packed.Layers)
        {
            var uniform = Assert.IsType<UniformSpec>(spec);
            Assert.Equal(("uniform", bits, 16, true), (spec.Method, uniform.Bits, uniform.GroupSize, uniform.Symmetric));
            Assert.Equal(packed.ReadSingles(name), back.ReadSingles(name));
            Assert.InRange(RelativeError(dense.ReadSingles(name), back.ReadSingles(name)), 1e-4, bar);
        }

        using var report = JsonDocument.Parse(File.ReadAllText(In("r.json")));
        var layer = report.RootElement.GetProperty("layers").EnumerateArray().Single(static layer => layer.GetProperty("tensor").GetString() == "fc.weight");

        // 40 rows of 50 weights, 4 scales and an exponent.
        Assert.Equal(40 * (((50 * bits) + 7) / 8 + 4 * 2 + 1), layer.GetProperty("storedBytes").GetInt64());
    }

    [Fact]
    public void Calibration_lowers_the_output_error()
    {
        WriteDense();
        var inputs = new SafetensorsWriter();
        var noise = Weights(200 * 50, 9);
        for (var i = 1; i < noise.Length; i++)
        {
            noise[i] += 0.9f * noise[i - 1];
        }

        inputs.Add<float>("fc.weight.inputs", [200, 50], noise);
        inputs.Write(In("c.safetensors"));
        var errors = new List<double>();
        foreach (var rounding in (string[])["nearest", "auto"])
        {
            var run = Run("--bits", "3", "--rounding", rounding, "--include", "fc.weight", "--calibration", In("c.safetensors"), "--report", In("r.json"));
            Assert.Equal((0, ""), (run.Status, run.Error));
            using var report = JsonDocument.Parse(File.ReadAllText(In("r.json")));
            errors.Add(report.RootElement.GetProperty("layers")[0].GetProperty("relativeOutputError").GetDouble());
        }

        Assert.True(errors[1] < 0.8 * errors[0], $"{errors[1]} after {errors[0]}");
    }

    [Fact]
    public void Options_of_other_methods_and_values_out_of_range_are_refused()
    {
        WriteDense();
        Assert.Contains("layout", Run("--bits", "3", "--layout", "row").Error);
        Assert.Contains("bits is 9; uniform takes 2 to 8", Run("--bits", "9").Error);
        Assert.Contains("groupSize is 12; uniform takes multiples of 8", Run("--bits", "4", "--group-size", "12").Error);
        Assert.Contains("RPB0114", Run("--bits", "4", "--rounding", "errorfeedback").Error);
        OnlyTheInputIsLeft();
    }

    [Fact]
    public void A_budget_chooses_each_weights_width()
    {
        WriteDense();
        var run = Run("--group-size", "0", "--target-bits", "5");
        Assert.Equal((0, ""), (run.Status, run.Error));
        using var packed = PackedFile.Open(In("p.safetensors"));
        var bits = packed.Layers.Values.Cast<UniformSpec>().Select(static spec => spec.Bits).ToList();
        Assert.All(bits, static width => Assert.InRange(width, 2, 8));
        Assert.True(packed.Layers.Values.Sum(static spec => spec.StoredBytes) * 8 <= 5 * packed.Layers.Values.Sum(static spec => spec.ElementCount));
    }

    [Theory]
    [InlineData(true, "--symmetric")]
    [InlineData(true, "--symmetric=true")]
    [InlineData(false, "--symmetric=false")]
    [InlineData(false, "--symmetric", "false")]
    public void A_switch_may_have_a_value(bool symmetric, params string[] arguments)
    {
        WriteDense();
        var run = Run(["--bits", "4", .. arguments]);
        Assert.Equal((0, ""), (run.Status, run.Error));
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.All(packed.Layers.Values, spec => Assert.Equal(symmetric, Assert.IsType<UniformSpec>(spec).Symmetric));
    }

    [Fact]
    public void The_builds_worker_codes_what_the_manifest_asks_for()
    {
        WriteDense();
        File.WriteAllText(In("plan.json"),
            """
            {
              "version": 1, "checkpoint": "d.safetensors", "output": "p.safetensors", "model": "Ns.Model", "threads": 0,
              "manifests": {
                "Ns.Model": {
                  "version": 1, "root": true, "children": [],
                  "layers": [
                    { "path": "conv", "kind": "conv2d", "method": "uniform", "options": { "bits": 8, "groupSize": 0, "symmetric": true } },
                    { "path": "fc", "kind": "linear", "method": "uniform", "options": { "bits": 4, "groupSize": 16, "clipSearch": true } }
                  ]
                }
              }
            }
            """);
        var run = CommandRun.Of(BuildCommand.Create(), In("plan.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.Equal((8, 0, true), Form("conv.weight"));
        Assert.Equal((4, 16, false), Form("fc.weight"));
        packed.VerifyCanaries();

        (int Bits, int GroupSize, bool Symmetric) Form(string name)
        {
            var spec = Assert.IsType<UniformSpec>(packed.Layers[name]);
            return (spec.Bits, spec.GroupSize, spec.Symmetric);
        }
    }

    [Fact]
    public void Rounded_inputs_need_the_state_that_training_keeps()
    {
        WriteDense();
        Assert.Contains("activations is 4; uniform takes multiples of 8 from 0 to 8", Run("--bits", "8", "--activations", "4").Error);
        var run = Run("--bits", "8", "--activations", "8", "--include", "fc.weight");
        Assert.Equal(1, run.Status);
        Assert.Contains("RPB0123", run.Error);
        Assert.Contains("found no 'fc.reparam.uniform.input_scale'", run.Error);
        OnlyTheInputIsLeft();

        WriteState(channels: 1);
        Assert.Contains("has 1 values, expected 50", Run("--bits", "8", "--activations", "8", "--activations-per-channel", "--include", "fc.weight").Error);
        run = Run("--bits", "8", "--activations", "8", "--include", "fc.weight");
        Assert.Equal((0, ""), (run.Status, run.Error));
        using (var packed = PackedFile.Open(In("p.safetensors")))
        {
            var spec = Assert.IsType<UniformSpec>(packed.Layers["fc.weight"]);
            Assert.Equal((8, 1), (spec.Activations, spec.InputChannels));
            Assert.DoesNotContain(packed.CopiedNames, name => name.Contains("reparam", StringComparison.Ordinal));
        }

        run = CommandRun.Of(InspectCommand.Create(), In("p.safetensors"), "--verify");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("8, inputs 8", run.Output);
        Assert.Equal(0, CommandRun.Of(DecompressCommand.Create(), In("p.safetensors"), "-o", In("back.safetensors")).Status);
        using var back = Checkpoint.Open(In("back.safetensors"));
        Assert.Equal([0.02f], back.ReadSingles("fc.reparam.uniform.input_scale"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(50, true)]
    public void The_builds_worker_reads_the_state_of_layers_that_round_inputs(int channels, bool isPerChannel)
    {
        WriteDense();
        WriteState(channels);
        WritePlan(isPerChannel, "null");
        var run = CommandRun.Of(BuildCommand.Create(), In("plan.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.DoesNotContain("left out", run.Output);
        using var packed = PackedFile.Open(In("p.safetensors"));
        var spec = Assert.IsType<UniformSpec>(packed.Layers["fc.weight"]);
        Assert.Equal((8, channels), (spec.Activations, spec.InputChannels));
        Assert.DoesNotContain(packed.CopiedNames, name => name.Contains("reparam", StringComparison.Ordinal));
    }

    [Fact]
    public void The_builds_worker_says_which_layer_lacks_its_state()
    {
        WriteDense();
        WritePlan(isPerChannel: false, "null");
        var run = CommandRun.Of(BuildCommand.Create(), In("plan.json"));
        Assert.Equal(1, run.Status);
        Assert.Contains("error RPB0123: tensor 'fc.weight'", run.Error);
        Assert.Contains("CalibrateReparam", run.Error);
        Assert.False(File.Exists(In("p.safetensors")));
    }

    [Fact]
    public void A_build_that_does_not_round_inputs_leaves_the_state_out_and_says_so()
    {
        WriteDense();
        WriteState(channels: 1);
        WritePlan(isPerChannel: false, """{ "activations": 0 }""");
        var run = CommandRun.Of(BuildCommand.Create(), In("plan.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("##note 'fc.weight': inputs are not mapped as in training", run.Output);
        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.False(packed.Layers["fc.weight"].RoundsInputs);
        Assert.DoesNotContain(packed.CopiedNames, name => name.Contains("reparam", StringComparison.Ordinal));
    }

    private void WriteState(int channels)
    {
        using var dense = Checkpoint.Open(In("d.safetensors"));
        var writer = new SafetensorsWriter();
        foreach (var name in dense.Names)
        {
            writer.Add(name, dense.Info(name).DType, dense.Info(name).Shape.AsSpan(), dense.Bytes(name).ToArray());
        }

        writer.Add<float>("fc.reparam.uniform.input_scale", [channels], Enumerable.Repeat(0.02f, channels).ToArray());
        writer.Add<float>("fc.reparam.uniform.input_zero", [channels], Enumerable.Repeat(128f, channels).ToArray());
        writer.Write(In("state.safetensors"));
        File.Move(In("state.safetensors"), In("d.safetensors"), overwrite: true);
    }

    // The class says of all its tensors what they are, so that one without a place would be an error.
    private void WritePlan(bool isPerChannel, string options) => File.WriteAllText(In("plan.json"),
        $$"""
        {
          "version": 1, "checkpoint": "d.safetensors", "output": "p.safetensors", "model": "Ns.Model", "threads": 0, "options": {{options}},
          "manifests": {
            "Ns.Model": {
              "version": 1, "root": true, "children": [],
              "layers": [
                {
                  "path": "fc", "kind": "linear", "method": "uniform",
                  "options": { "bits": 8, "activations": 8, "activationsPerChannel": {{(isPerChannel ? "true" : "false")}} },
                  "inputMap": {
                    "method": "uniform", "options": { "bits": 8, "activations": 8 },
                    "state": [ "reparam.uniform.input_scale", "reparam.uniform.input_zero" ]
                  }
                }
              ],
              "tensors": [
                { "path": "fc.weight", "required": true }, { "path": "fc.bias" }, { "path": "conv.weight" }, { "path": "half.weight" },
                { "path": "ids", "buffer": true }, { "path": "empty", "buffer": true }
              ]
            }
          }
        }
        """);

    private CommandRun Run(params string[] arguments) =>
        CommandRun.Of(CompressCommand.Create(), [In("d.safetensors"), "-o", In("p.safetensors"), "--method", "uniform", .. arguments]);
}
