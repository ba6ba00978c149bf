using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Structures;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Structures.Tests.Foreign;

/// <summary>A structure that a user wrote trains, folds, exports, and goes through the build into the run-time class.</summary>
public sealed class ForeignStructureTests : IDisposable
{
    private const int Width = 16;
    private static readonly long[] Shape = [3, Width];
    private readonly TestFolder folder = new();
    private readonly ExpandedNet net = Trained();

    public void Dispose()
    {
        net.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Folding_keeps_the_function_and_unfolding_undoes_it_exactly()
    {
        var before = Outputs.Of(net, Shape);
        var state = Files.Bytes(net);
        var trained = net.parameters().Where(p => p.requires_grad).ToArray();
        net.Fold();
        Assert.All(net.StructureBlocks(), b => Assert.True(b.Block.IsFolded));
        Assert.Equal(["first", "blocks.0", "blocks.1"], net.StructureBlocks().Select(b => b.Path));
        Assert.InRange(Outputs.Difference(before, Outputs.Of(net, Shape)), 1e-12, 1e-5);
        Assert.Equal(["head.weight", "head.bias"], net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name));
        net.Unfold();
        Assert.Equal(state, Files.Bytes(net));
        Assert.InRange(Outputs.Difference(before, Outputs.Of(net, Shape)), 0, 1e-6);
        Assert.Equal(trained, net.parameters().Where(p => p.requires_grad), ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void A_folded_block_runs_the_folded_class_and_folds_once()
    {
        var block = new Expanded(Width);
        var folded = block.Fold();
        Assert.Same(folded, block.Fold());
        Assert.Same(folded, block.FoldedBlock);
        using var x = tensor(Outputs.Input(Width), 1, Width);
        using var expected = folded.call(x);
        using var found = block.call(x);
        Assert.Equal(expected.data<float>().ToArray(), found.data<float>().ToArray());
        block.Unfold();
        Assert.Null(block.FoldedBlock);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_fold_follows_what_is_written_into_the_block(int way)
    {
        var before = Outputs.Of(net, Shape);
        net.Fold();
        Outputs.Of(net, Shape);
        using (no_grad())
        {
            var weights = net.state_dict().Where(e => e.Key.EndsWith("back.weight", StringComparison.Ordinal)).Select(e => e.Value).ToArray();
            switch (way)
            {
                case 0:
                    weights[0].mul_(3);
                    break;
                case 1:
                    // One element of many: only the whole hash sees it.
                    Outputs.Of(net, Shape);
                    net.state_dict()["blocks.1.back.weight"].view(-1)[Width + 3] = 5f;
                    break;
                default:
                    using (var other = new ExpandedNet(Width))
                    {
                        net.load_state_dict(other.state_dict());
                    }

                    break;
            }
        }

        var folded = Outputs.Of(net, Shape);
        net.Unfold();
        Assert.True(Outputs.Difference(before, folded) > 1e-4);
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), folded), 0, 1e-5);
    }

    [Fact]
    public void A_fold_outlives_the_scope_in_which_it_was_made_and_follows_a_change_of_type()
    {
        using (NewDisposeScope())
        {
            net.Fold();
        }

        var expected = Outputs.Of(net, Shape);
        net.to(ScalarType.Float64);
        Assert.InRange(Outputs.Difference(expected, Outputs.Of(net, Shape)), 0, 1e-6);
        Assert.All(net.StructureBlocks(), b => Assert.Equal(ScalarType.Float64, b.Block.FoldedBlock!.parameters().First().dtype));
    }

    [Fact]
    public void A_training_checkpoint_holds_the_block_and_an_export_the_folded_block()
    {
        net.Fold();
        net.SaveSafetensors(folder.File("training.safetensors"));
        net.Unfold();
        net.ExportDense(folder.File("export.safetensors"));
        using var training = Checkpoint.Open(folder.File("training.safetensors"));
        using var export = Checkpoint.Open(folder.File("export.safetensors"));
        Assert.Contains("first.wide.weight", training.Names);
        Assert.Contains("first.reparam.expand.factor", training.Names);
        Assert.DoesNotContain(training.Names, name => name.Contains("fused", StringComparison.Ordinal));
        Assert.Equal(
            ["first.fused.weight", "first.fused.bias", "blocks.0.fused.weight", "blocks.0.fused.bias", "blocks.1.fused.weight", "blocks.1.fused.bias", "head.weight", "head.bias"],
            net.ExportNames(export));
        Assert.Equal("F32 [16, 16]", export.Info("blocks.1.fused.weight").Describe());

        using var other = new ExpandedNet(Width);
        other.LoadSafetensors(training.Path);
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), Outputs.Of(other, Shape)), 0, 1e-6);
    }

    [Fact]
    public void The_twin_of_the_parent_holds_the_folded_class_and_loads_the_export()
    {
        net.ExportDense(folder.File("export.safetensors"));
        var twin = ExpandedNetRuntime.Load(folder.File("export.safetensors"), Width);
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), Outputs.Of(twin, Shape)), 0, 1e-5);
        Assert.DoesNotContain(typeof(ExpandedNet).Assembly.GetTypes(), type => type.Name == "ExpandedRuntime");
        net.SaveSafetensors(folder.File("training.safetensors"));
        var refused = Assert.ThrowsAny<Exception>(() => ExpandedNetRuntime.Load(folder.File("training.safetensors"), Width));
        Assert.Contains("first.fused.weight", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_codes_the_folded_blocks_layers()
    {
        net.ExportDense(folder.File("export.safetensors"));
        var (status, output, error) = TestFolder.Build(folder.Plan("export.safetensors", typeof(ExpandedNet), "net.reparam.safetensors"));
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("blocks.1.fused.weight [16, 16]: 3 bits", output, StringComparison.Ordinal);
        var twin = ExpandedNetRuntime.Load(folder.File("net.reparam.safetensors"), Width);
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), Outputs.Of(twin, Shape)), 1e-6, 0.5);
    }

    [Fact]
    public void A_build_refuses_a_training_checkpoint_that_it_cannot_fold_and_names_the_export()
    {
        net.SaveSafetensors(folder.File("training.safetensors"));
        var (status, _, error) = TestFolder.Build(folder.Plan("training.safetensors", typeof(ExpandedNet), "net.reparam.safetensors"));
        Assert.Equal(1, status);
        Assert.Contains("error RPB0160: the block 'blocks.0 (Reparam.Structures.Tests.Foreign.Expanded)' is not in the form of", error, StringComparison.Ordinal);
        Assert.Contains("no method 'Reparam.Structures.Tests.Foreign.ExpandFold' is registered", error, StringComparison.Ordinal);
        Assert.Contains("ExportDense", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("net.reparam.safetensors")));
    }

    [Fact]
    public void A_build_that_knows_the_method_folds_a_plain_checkpoint_and_refuses_latents()
    {
        StructureMethods.Register(new ExpandFold());
        net.SaveSafetensors(folder.File("training.safetensors"));
        var plan = BuildPlan.Read(folder.Plan("training.safetensors", typeof(ExpandedNet), "net.reparam.safetensors"));
        using var training = Checkpoint.Open(plan.Checkpoint);
        var refused = Assert.Throws<CompressionException>(() => StructureFolding.Apply(training, plan));
        Assert.Equal(3, refused.Problems.Length);
        Assert.Contains("'wide.reparam.sigmareparam.gamma'", refused.Message, StringComparison.Ordinal);

        // The same blocks as a framework without our methods would have saved them.
        var dense = new Dictionary<string, Tensor>();
        foreach (var (path, layer) in net.ReparamLayers())
        {
            dense[path + ".weight"] = layer.DenseWeight().to(ScalarType.Float32);
        }

        var state = net.state_dict().Where(e => !e.Key.Contains("reparam.", StringComparison.Ordinal));
        Files.Write(folder.File("plain.safetensors"), state.Select(e => (e.Key, dense.GetValueOrDefault(e.Key, e.Value))));
        net.ExportDense(folder.File("export.safetensors"));
        List<string> notes = [];
        using var plain = Checkpoint.Open(folder.File("plain.safetensors"));
        using var export = Checkpoint.Open(folder.File("export.safetensors"));
        var (folded, foldedPlan) = StructureFolding.Apply(plain, plan, notes);
        Assert.Equal(export.Names.Order(), folded.Names.Order());
        Assert.All(export.Names, name =>
        {
            Assert.Equal(export.Info(name).Describe(), folded.Info(name).Describe());
            Assert.InRange(export.ReadSingles(name).Zip(folded.ReadSingles(name), (e, f) => Math.Abs(e - f)).Max(), 0, 1e-5);
        });
        Assert.Equal("folded 'first' (Reparam.Structures.Tests.Foreign.Expanded to Reparam.Structures.Tests.Foreign.Fused): 4 tensors to 2", notes[0]);
        Assert.Equal(["first.fused.weight", "blocks.0.fused.weight", "blocks.1.fused.weight", "head.weight"], ManifestExpander.Expand(folded, foldedPlan).Select(l => l.Tensor).OrderBy(t => t[0] == 'h').ThenBy(t => t[0] == 'b'));
        Assert.Equal(Checkpoint.ComputeHash(plain), Checkpoint.ComputeHash(folded));

        // An option that the attribute does not take is told with its range.
        var options = new Dictionary<string, JsonElement> { ["factor"] = JsonSerializer.SerializeToElement(99) };
        var changed = plan with
        {
            Manifests = plan.Manifests.ToDictionary(m => m.Key, m => m.Value.Folded is { } f ? m.Value with { Folded = f with { Options = options } } : m.Value),
        };
        refused = Assert.Throws<CompressionException>(() => StructureFolding.Apply(plain, changed));
        Assert.Contains("factor is 99; Reparam.Structures.Tests.Foreign.ExpandFold takes 1 to 16", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_of_another_value_is_refused_before_anything_is_loaded()
    {
        var other = net.state_dict().Select(e => (e.Key, e.Key == "blocks.0.reparam.expand.factor" ? tensor([4L]) : e.Value));
        Files.Write(folder.File("other.safetensors"), other);
        var before = Files.Bytes(net);
        var refused = Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(folder.File("other.safetensors")));
        Assert.Contains("blocks.0.reparam.expand.factor (found 4, expected 3)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files.Bytes(net));
        Files.Write(folder.File("without.safetensors"), net.state_dict().Where(e => !e.Key.EndsWith("factor", StringComparison.Ordinal)).Select(e => (e.Key, e.Value)));
        net.LoadSafetensors(folder.File("without.safetensors"));
    }

    [Fact]
    public void An_export_is_no_training_checkpoint_and_the_message_says_why()
    {
        net.ExportDense(folder.File("export.safetensors"));
        var refused = Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(folder.File("export.safetensors")));
        Assert.Contains("An export holds the folded block", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_calibration_wants_a_folded_model_and_names_the_folded_layers()
    {
        var refused = Assert.Throws<ArgumentException>(() => CalibrationRecorder.Attach(net));
        Assert.Contains("call Fold() on the model first", refused.Message, StringComparison.Ordinal);
        net.Fold();
        using var recorder = CalibrationRecorder.Attach(net);
        Outputs.Of(net, Shape);
        recorder.Save(folder.File("calibration.safetensors"));
        using var calibration = Checkpoint.Open(folder.File("calibration.safetensors"));
        Assert.Contains(calibration.Names, name => name.StartsWith("blocks.1.fused.weight", StringComparison.Ordinal));
    }

    private static ExpandedNet Trained()
    {
        random.manual_seed(3);
        var net = new ExpandedNet(Width);
        var optimizer = optim.SGD(net.parameters(), 0.05);
        using var x = randn(8, Width);
        for (var step = 0; step < 5; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            net.call(x).square().mean().backward();
            optimizer.step();
            net.AfterOptimizerStep();
        }

        return net;
    }
}
