using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Training.Tests.LifeCycle;
using Reparam.Training.Tests.Models;
using TorchSharp;
using TorchSharp.Modules;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Checkpoints;

/// <summary>Training checkpoints, adapters alone, dense exports.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam").FullName;

    public static TheoryData<string> Nets => LifeCycleTests.Nets;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Nets))]
    public void Saving_and_loading_restores_every_bit(string name)
    {
        var (net, x) = LifeCycleTests.Make(name);
        Train(net, x, randn(net.call(x).shape), 5);
        net.SaveSafetensors(At("a"), new Dictionary<string, string> { ["step"] = "5" });
        var (other, _) = LifeCycleTests.Make(name);
        other.LoadSafetensors(At("a"));
        Assert.All(net.state_dict(), e => Assert.True(Same(e.Value, other.state_dict()[e.Key]), e.Key));
        net.eval();
        other.eval();
        Assert.True(Same(net.call(x), other.call(x)));
        using var file = Checkpoint.Open(At("a"));
        Assert.Equal("5", file.Metadata["step"]);

        // Folding is a state of the process, never of the file.
        net.Fold();
        net.SaveSafetensors(At("b"), new Dictionary<string, string> { ["step"] = "5" });
        Assert.Equal(File.ReadAllBytes(At("a")), File.ReadAllBytes(At("b")));
    }

    [Fact]
    public void A_plain_checkpoint_keeps_its_keys_and_its_function()
    {
        var plain = Linear(7, 5);
        var x = randn(4, 7);
        Write(At("plain"), ("proj.weight", plain.weight), ("proj.bias", plain.bias!));
        foreach (Module<Tensor, Tensor> net in new Module<Tensor, Tensor>[] { new CompandNet(), new SigmaNet() })
        {
            net.Fold();
            net.LoadSafetensors(At("plain"));
            net.eval();
            Assert.InRange(Distance(net.call(x), plain.call(x)), 0, 1e-5);
            net.Unfold();
            Assert.InRange(Distance(net.call(x), plain.call(x)), 0, 1e-5);
        }
    }

    [Fact]
    public void Loading_converts_floating_point_types_and_keeps_the_parameters()
    {
        var net = new CompandNet();
        var weight = Layer(net.Proj).Weight;
        net.SaveSafetensors(At("a"));
        var half = new CompandNet();
        half.LoadSafetensors(At("a"));
        half.to(ScalarType.BFloat16);
        half.SaveSafetensors(At("b"));
        var other = new CompandNet();
        var kept = Layer(other.Proj).Weight;
        other.LoadSafetensors(At("b"));
        Assert.Same(kept, Layer(other.Proj).Weight);
        Assert.Equal(ScalarType.Float32, kept.dtype);
        Assert.InRange(Distance(kept, weight), 0, 0.01);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_listed_and_nothing_is_loaded()
    {
        Write(At("bad"), ("proj.weight", randn(7, 5)), ("extra", zeros(2)), ("proj.reparam.compand.a", ones(1).to(ScalarType.Int64).reshape([])));
        var net = new CompandNet();
        var state = Snapshot(net);
        var refused = Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(At("bad")));
        Assert.Equal(["proj.bias", "proj.reparam.compand.b"], refused.Missing);
        Assert.Equal(["extra"], refused.Unexpected);
        Assert.Equal(["proj.reparam.compand.a (found I64 [], expected F32 [])", "proj.weight (found F32 [7, 5], expected F32 [5, 7])"], refused.Misfits);
        Assert.All(refused.Missing.Concat(refused.Unexpected).Concat(refused.Misfits), part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
        Assert.All(net.state_dict(), e => Assert.True(Same(e.Value, state[e.Key])));
    }

    [Fact]
    public void A_training_checkpoint_that_lost_its_state_is_not_taken_for_a_plain_one()
    {
        var net = new CompandNet();
        var writer = new SafetensorsWriter();
        writer.SetMetadata("reparam.checkpoint", "training");
        Add(writer, "proj.weight", Layer(net.Proj).Weight);
        Add(writer, "proj.bias", Layer(net.Proj).Bias!);
        writer.Write(At("lost"));
        Assert.Equal(["proj.reparam.compand.a", "proj.reparam.compand.b"], Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(At("lost"))).Missing);
    }

    [Fact]
    public void A_step_counter_of_batch_normalization_may_be_missing_and_masks_that_can_be_computed_are_passed_over()
    {
        using var net = BatchNorm2d(3);
        var state = net.state_dict().Where(e => e.Key != "num_batches_tracked").Select(e => (e.Key, ones_like(e.Value))).ToArray();
        Write(At("old"), [.. state, ("attn.bias", ones(1, 1, 4, 4)), ("inv_freq", ones(4))]);
        net.LoadSafetensors(At("old"));
        Assert.All(net.state_dict().Where(e => e.Key != "num_batches_tracked"), e => Assert.True(Same(e.Value, ones_like(e.Value)), e.Key));

        Write(At("other"), [.. state, ("attn.bias", ones(4))]);
        Assert.Equal(["attn.bias"], Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(At("other"))).Unexpected);
        Write(At("less"), [.. state.Skip(1)]);
        Assert.Single(Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(At("less"))).Missing);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_by_name_before_anything_is_loaded()
    {
        var weight = randn(3, 8);
        weight[0, 0] = float.NaN;
        var net = new DeferredNet();
        var state = Snapshot(net);
        Write(At("nan"), [.. net.state_dict().Where(e => !e.Key.Contains("reparam", StringComparison.Ordinal)).Select(e => (e.Key, e.Key == "second.weight" ? weight : e.Value + 1))]);
        var refused = Assert.Throws<ArgumentException>(() => net.LoadSafetensors(At("nan")));
        Assert.StartsWith("DeferredNet.Second (SigmaReparam, LoRA)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the tensor second.weight [3, 8] holds 1 values that are not finite", refused.Message, StringComparison.Ordinal);
        Assert.All(net.state_dict(), e => Assert.True(Same(e.Value, state[e.Key])));
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void The_export_is_what_a_plain_model_computes_with(string name)
    {
        var (net, x) = LifeCycleTests.Make(name);
        Train(net, x, randn(net.call(x).shape), 5);
        net.eval();
        net.ExportDense(At("dense"), new Config(4, 0.5f, "tall", true), new Dictionary<string, string> { ["licence"] = "MIT" });
        using var file = Checkpoint.Open(At("dense"));
        Assert.Equal("MIT", file.Metadata["licence"]);
        Assert.Equal("{\"width\":4,\"drop_rate\":0.5,\"kind_name\":\"tall\",\"is_tied\":true}", file.Metadata["reparam.config"]);
        Assert.DoesNotContain(file.Names, n => n.Contains("reparam", StringComparison.Ordinal));
        foreach (var (path, layer) in net.ReparamLayers())
        {
            using var rounded = layer.DenseWeight().to(ScalarType.Float32);
            Assert.True(Same(rounded, tensor(file.ReadSingles(path + ".weight")).reshape(rounded.shape)));
        }

        // Loading the export back attaches the methods to it: the function is the same.
        using var before = net.call(x);
        var (other, _) = LifeCycleTests.Make(name);
        other.LoadSafetensors(At("dense"));
        other.eval();
        Assert.InRange(Distance(other.call(x), before), 0, 1e-4);
    }

    [Fact]
    public void A_config_of_other_types_is_refused() =>
        Assert.Contains("Bad.Widths", Assert.Throws<ArgumentException>(() => new CompandNet().ExportDense(At("x"), new Bad([1]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Adapters_are_saved_alone_and_restore_the_adapted_function()
    {
        var (net, x) = LifeCycleTests.Make("deferred");
        net.SaveSafetensors(At("base"));
        net.StartAdaptation();
        Train(net, x, randn(net.call(x).shape), 20);
        net.SaveAdapters(At("adapters"));
        using (var file = Checkpoint.Open(At("adapters")))
        {
            Assert.Equal(
                ["first.reparam.lora.a", "first.reparam.lora.b", "second.reparam.lora.a", "second.reparam.lora.b", "second.reparam.lora.m"],
                file.Names.Order(StringComparer.Ordinal));
        }

        var other = new DeferredNet();
        other.LoadSafetensors(At("base"));
        other.LoadAdapters(At("adapters"));
        net.eval();
        other.eval();
        Assert.InRange(Distance(other.call(x), net.call(x)), 0, 1e-5);
    }

    [Fact]
    public void Adapters_of_other_settings_or_layers_are_refused()
    {
        var net = new LoraNet();
        net.SaveAdapters(At("adapters"));
        Assert.Throws<CheckpointMismatchException>(() => new DeferredNet().LoadAdapters(At("adapters")));
        Assert.Throws<InvalidOperationException>(() => new DeferredNet().SaveAdapters(At("none")));
        net.SaveSafetensors(At("whole"));
        Assert.Contains("SaveAdapters", Assert.Throws<CheckpointMismatchException>(() => net.LoadAdapters(At("whole"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_saved_during_adaptation_says_what_to_do()
    {
        var net = new DeferredNet();
        net.StartAdaptation();
        net.SaveSafetensors(At("adapting"));
        var other = new DeferredNet();
        Assert.Contains("StartAdaptation()", Assert.Throws<CheckpointMismatchException>(() => other.LoadSafetensors(At("adapting"))).Message, StringComparison.Ordinal);
        other.StartAdaptation();
        other.LoadSafetensors(At("adapting"));
        Assert.All(net.state_dict(), e => Assert.True(Same(e.Value, other.state_dict()[e.Key]), e.Key));
    }

    private string At(string name) => Path.Combine(folder, name + ".safetensors");

    private static void Write(string path, params (string Name, Tensor Tensor)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, value) in tensors)
        {
            Add(writer, name, value);
        }

        writer.Write(path);
    }

    private static void Add(SafetensorsWriter writer, string name, Tensor value) => TensorStorage.Add(writer, name, value);

    private sealed record Config(int Width, float DropRate, string KindName, bool IsTied);

    private sealed record Bad(int[] Widths);
}
