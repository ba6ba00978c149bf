using Reparam.Checkpoints;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Structures.Tests.ChannelIdle;

/// <summary>A small vision transformer trains with idle channels, folds, and goes through the build into the app's class.</summary>
public sealed class SmallVitTests : IDisposable
{
    private static readonly long[] Shape = [3, 6, 12];
    private readonly TestFolder folder = new();
    private readonly SmallVit net;
    private readonly float[] losses;

    public SmallVitTests()
    {
        random.manual_seed(11);
        net = new SmallVit(12, 16, 64, 4);
        losses = Train(net);
    }

    public void Dispose()
    {
        net.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void It_trains_and_folds()
    {
        Assert.True(losses[^1] < 0.7 * losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
        var before = Outputs.Of(net, Shape);
        net.Fold();
        Assert.InRange(Outputs.Difference(before, Outputs.Of(net, Shape)), 1e-12, 1e-5);
        net.Unfold();
        Assert.InRange(Outputs.Difference(before, Outputs.Of(net, Shape)), 0, 1e-6);
    }

    [Fact]
    public void The_export_holds_the_folded_blocks()
    {
        net.ExportDense(folder.File("export.safetensors"));
        using var export = Checkpoint.Open(folder.File("export.safetensors"));
        Assert.Equal(
            ["ffns.0.inner.bias F32 [16]", "ffns.0.inner.weight F32 [16, 16]", "ffns.0.main.bias F32 [16]", "ffns.0.main.weight F32 [16, 16]", "ffns.0.outer.weight F32 [16, 16]"],
            export.Names.Where(name => name.StartsWith("ffns.0.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => $"{name} {export.Info(name).Describe()}"));
        var twin = SmallVitRuntime.Load(export.Path, 12, 16, 64, 4);
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), Outputs.Of(twin, Shape)), 0, 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_build_codes_the_folded_layers_of_an_export_and_of_a_training_checkpoint(bool isExport)
    {
        var checkpoint = folder.File("vit.safetensors");
        if (isExport)
        {
            net.ExportDense(checkpoint);
        }
        else
        {
            net.SaveSafetensors(checkpoint);
        }

        var (status, output, error) = TestFolder.Build(folder.Plan("vit.safetensors", typeof(SmallVit), "vit.reparam.safetensors"));
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("ffns.1.main.weight [16, 16]: 4 bits", output, StringComparison.Ordinal);
        Assert.Equal(!isExport, output.Contains("##note folded 'ffns.1' (Reparam.Structures.Tests.ChannelIdle.IdleFfn to Reparam.Structures.Tests.ChannelIdle.SmallFfn): 15 tensors to 5", StringComparison.Ordinal));

        // The same numbers as the float model with the decoded weights.
        var packed = folder.File("vit.reparam.safetensors");
        var twin = SmallVitRuntime.Load(packed, 12, 16, 64, 4);
        Decompress(packed, folder.File("decoded.safetensors"));
        var decoded = SmallVitRuntime.Load(folder.File("decoded.safetensors"), 12, 16, 64, 4);
        Assert.InRange(Outputs.Difference(Outputs.Of(decoded, Shape), Outputs.Of(twin, Shape)), 0, 1e-4);
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), Outputs.Of(twin, Shape)), 1e-6, 0.5);
    }

    [Fact]
    public void A_build_of_either_checkpoint_gives_the_same_codes()
    {
        net.ExportDense(folder.File("export.safetensors"));
        net.SaveSafetensors(folder.File("training.safetensors"));
        Assert.Equal(0, TestFolder.Build(folder.Plan("export.safetensors", typeof(SmallVit), "a.reparam.safetensors")).Status);
        Assert.Equal(0, TestFolder.Build(folder.Plan("training.safetensors", typeof(SmallVit), "b.reparam.safetensors")).Status);
        using var a = Checkpoint.Open(folder.File("a.reparam.safetensors"));
        using var b = Checkpoint.Open(folder.File("b.reparam.safetensors"));
        Assert.Equal(a.Names.Order(StringComparer.Ordinal), b.Names.Order(StringComparer.Ordinal));
        Assert.All(a.Names, name => Assert.True(a.Bytes(name).SequenceEqual(b.Bytes(name)), name));
    }

    [Fact]
    public void A_build_says_what_a_training_checkpoint_lacks()
    {
        Files.Write(folder.File("lacking.safetensors"), net.state_dict().Where(e => e.Key != "ffns.0.norm2.running_mean").Select(e => (e.Key, e.Value)));
        var (status, _, error) = TestFolder.Build(folder.Plan("lacking.safetensors", typeof(SmallVit), "vit.reparam.safetensors"));
        Assert.Equal(1, status);
        Assert.Contains("RPB0160: the block 'ffns.0 (Reparam.Structures.Tests.ChannelIdle.IdleFfn)' has a norm 'norm2' without running_mean", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_checkpoint_loads_and_one_of_another_ratio_does_not()
    {
        net.SaveSafetensors(folder.File("training.safetensors"));
        using var other = new SmallVit(12, 16, 64, 4);
        other.LoadSafetensors(folder.File("training.safetensors"));
        Assert.InRange(Outputs.Difference(Outputs.Of(net, Shape), Outputs.Of(other, Shape)), 0, 1e-6);
        Files.Write(folder.File("other.safetensors"), net.state_dict().Select(e => (e.Key, e.Key == "ffns.1.reparam.channelidle.active" ? tensor([17L]) : e.Value)));
        Assert.Contains("ffns.1.reparam.channelidle.active (found 17, expected 16)", Assert.Throws<CheckpointMismatchException>(() => other.LoadSafetensors(folder.File("other.safetensors"))).Message, StringComparison.Ordinal);
    }

    private static void Decompress(string packed, string plain)
    {
        using var file = Checkpoints.Packed.PackedFile.Open(packed);
        Compression.CheckpointDecompressor.Decompress(file, plain);
    }

    private static float[] Train(SmallVit net)
    {
        var optimizer = optim.AdamW(net.parameters(), 3e-3);
        using var x = randn(32, 6, 12);
        using var labels = x.mean([1, 2]).gt(0).to(ScalarType.Int64) + (2 * x.select(1, 0).mean([1]).gt(0).to(ScalarType.Int64));
        var losses = new float[40];
        net.train();
        for (var step = 0; step < losses.Length; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(net.call(x), labels);
            loss.backward();
            optimizer.step();
            net.AfterOptimizerStep();
            losses[step] = loss.item<float>();
        }

        return losses;
    }
}
