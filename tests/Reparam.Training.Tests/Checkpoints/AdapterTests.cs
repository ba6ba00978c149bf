using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Training.Tests.Models;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Checkpoints;

/// <summary>Adapters know their base; what does not fit is refused whole, with nothing changed.</summary>
public sealed class AdapterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("pissa")]
    [InlineData("deferred")]
    [InlineData("lora")]
    public void Another_base_is_refused_by_its_layers_unless_asked_for(string kind)
    {
        var (net, other) = (Make(kind), Make(kind));
        net.SaveSafetensors(At("base"));
        Adapt(net);
        net.SaveAdapters(At("adapters"));
        var state = Snapshot(other);
        var trained = Trained(other);
        var refused = Assert.Throws<CheckpointMismatchException>(() => other.LoadAdapters(At("adapters")));
        Assert.Equal(other.ReparamLayers().Select(l => l.Path), refused.OtherBase.Select(o => o.Split(' ')[0]));
        Assert.Empty(refused.Missing.Concat(refused.Unexpected).Concat(refused.Misfits).Concat(refused.NotFinite));
        Assert.Contains("Trained on another base", refused.Message, StringComparison.Ordinal);
        Assert.Contains("requireSameBase: false", refused.Message, StringComparison.Ordinal);
        AssertUntouched(other, state, trained);

        other.LoadAdapters(At("adapters"), requireSameBase: false);
        Assert.All(other.ReparamLayers(), l => Assert.All(l.Layer.PathStates, name => Assert.True(Same(l.Layer.state_dict()[name], Find(net, l.Path).state_dict()[name]))));
    }

    [Theory]
    [InlineData("pissa")]
    [InlineData("deferred")]
    [InlineData("lora")]
    public void The_same_base_is_known_again_however_it_came_into_the_model(string kind)
    {
        var net = Make(kind);
        net.SaveSafetensors(At("before"));
        net.ExportDense(At("plain"));
        Adapt(net);
        net.SaveAdapters(At("adapters"));
        net.SaveSafetensors(At("adapted"));

        // The state before adaptation; the dense weights, where no map stands between; the state during adaptation.
        var first = Make(kind);
        first.LoadSafetensors(At("before"));
        first.LoadAdapters(At("adapters"));
        var third = Make(kind);
        if (kind == "deferred")
        {
            third.StartAdaptation();
        }

        third.LoadSafetensors(At("adapted"));
        third.LoadAdapters(At("adapters"));
        third.SaveAdapters(At("again"));
        first.LoadAdapters(At("again"));
        if (kind == "lora")
        {
            var second = Make(kind);
            second.LoadSafetensors(At("plain"));
            second.LoadAdapters(At("adapters"));
        }
    }

    [Fact]
    public void A_plain_base_is_known_by_its_own_bytes_even_below_maps()
    {
        Write(At("plain"), ("first.weight", randn(8, 6)), ("first.bias", randn(8)), ("second.weight", randn(3, 8)), ("second.bias", randn(3)), ("norm.weight", ones(3)), ("norm.bias", zeros(3)));
        var (net, other) = (new DeferredNet(), new DeferredNet());
        net.LoadSafetensors(At("plain"));
        Adapt(net);
        net.SaveAdapters(At("adapters"));
        other.LoadSafetensors(At("plain"));
        other.LoadAdapters(At("adapters"));
    }

    [Fact]
    public void Base_weights_that_moved_are_another_base()
    {
        var net = new LoraNet();
        net.SaveAdapters(At("adapters"));
        net.LoadAdapters(At("adapters"));
        using (no_grad())
        {
            Layer(net.First).Weight[0, 0] += 1;
        }

        Assert.Equal("first", Assert.Throws<CheckpointMismatchException>(() => net.LoadAdapters(At("adapters"))).OtherBase.Single().Split(' ')[0]);
    }

    [Fact]
    public void Files_without_hashes_still_load()
    {
        var (net, other) = (new PissaNet(), new PissaNet());
        net.SaveAdapters(At("adapters"));
        Rewrite(At("adapters"), At("older"), metadata => metadata.Remove("reparam.base"));
        other.LoadAdapters(At("older"));
        Assert.True(Same(other.state_dict()["a.reparam.lora.a"], net.state_dict()["a.reparam.lora.a"]));
    }

    [Fact]
    public void A_residual_that_was_written_over_has_no_base_that_is_known()
    {
        var (net, other) = (new PissaNet(), new PissaNet());
        net.load_state_dict(other.state_dict());
        net.SaveAdapters(At("unknown"));
        using var file = Checkpoint.Open(At("unknown"));
        Assert.False(file.Metadata.ContainsKey("reparam.base"));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Values_that_are_not_finite_are_refused_by_tensor_and_nothing_changes(float value)
    {
        var (net, other) = (new DeferredNet(), new DeferredNet());
        net.SaveSafetensors(At("base"));
        other.LoadSafetensors(At("base"));
        Adapt(net);
        using (no_grad())
        {
            net.state_dict()["second.reparam.lora.b"][1, 0] = value;
        }

        net.SaveAdapters(At("adapters"));
        var state = Snapshot(other);
        var trained = Trained(other);
        var refused = Assert.Throws<CheckpointMismatchException>(() => other.LoadAdapters(At("adapters")));
        Assert.Equal(["second.reparam.lora.b (found 1 of 6 values, expected none)"], refused.NotFinite);
        Assert.Contains("second.reparam.lora.b", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(At("adapters"), refused.Message, StringComparison.Ordinal);
        AssertUntouched(other, state, trained);
    }

    [Fact]
    public void All_that_is_wrong_is_one_error_with_the_nearest_name_and_nothing_is_started()
    {
        var (net, other) = (new DeferredNet(), new DeferredNet());
        net.SaveSafetensors(At("base"));
        other.LoadSafetensors(At("base"));
        Adapt(net);
        net.SaveAdapters(At("adapters"));
        Rewrite(At("adapters"), At("bad"), _ => { }, (name, tensor) => name switch
        {
            "first.reparam.lora.a" => ("first.reparam.lora.A", tensor),
            "first.reparam.lora.b" => (name, tensor.t().contiguous()),
            "second.reparam.lora.a" => (name, tensor / 0),
            _ => (name, tensor),
        });
        var state = Snapshot(other);
        var trained = Trained(other);
        var refused = Assert.Throws<CheckpointMismatchException>(() => other.LoadAdapters(At("bad")));
        Assert.Equal(["first.reparam.lora.a"], refused.Missing);
        Assert.Equal(["first.reparam.lora.A"], refused.Unexpected);
        Assert.Equal(["first.reparam.lora.b (found F32 [2, 8], expected F32 [8, 2])"], refused.Misfits);
        Assert.Single(refused.NotFinite);
        Assert.Contains("first.reparam.lora.a (nearest in the file: first.reparam.lora.A)", refused.Message, StringComparison.Ordinal);
        AssertUntouched(other, state, trained);
        Assert.Throws<InvalidOperationException>(() => other.SaveAdapters(At("none")));

        // After the refusal the right file loads as if nothing had been.
        other.LoadAdapters(At("adapters"));
        net.eval();
        other.eval();
        var x = randn(4, 6);
        Assert.InRange(Distance(other.call(x), net.call(x)), 0, 1e-5);
    }

    [Theory]
    [InlineData("reparam.adapters", "nonsense")]
    [InlineData("reparam.adapters", "[1]")]
    [InlineData("reparam.adapters", "{\"first\":1,\"first\":2}")]
    [InlineData("reparam.adapters", "{\"first\":null}")]
    [InlineData("reparam.base", "nonsense")]
    [InlineData("reparam.base", "{\"first\":[null]}")]
    [InlineData("reparam.base", "null")]
    public void Metadata_that_nobody_wrote_are_refused_by_their_name(string key, string text)
    {
        var net = new LoraNet();
        net.SaveAdapters(At("adapters"));
        Rewrite(At("adapters"), At("bad"), metadata => metadata[key] = text);
        var refused = Assert.Throws<CheckpointMismatchException>(() => net.LoadAdapters(At("bad")));
        Assert.StartsWith(At("bad"), refused.Message, StringComparison.Ordinal);
        Assert.Contains(text.Contains("null}", StringComparison.Ordinal) ? "found null" : key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_of_TorchSharp_to_save_takes_the_factors()
    {
        var (net, other) = (new PissaNet(), new PissaNet());
        Assert.All(net.state_dict(), e => Assert.True(e.Value.is_contiguous(), e.Key));
        net.save(Path.Combine(folder, "state.dat"));
        other.load(Path.Combine(folder, "state.dat"));
        Assert.All(net.state_dict(), e => Assert.True(Same(e.Value, other.state_dict()[e.Key]), e.Key));
        other.load_state_dict(new PissaNet().state_dict());
    }

    [Fact]
    public void A_type_that_the_format_has_not_is_refused_by_the_tensors_name()
    {
        using var net = Linear(2, 2);
        net.register_buffer("phase", zeros(2, ScalarType.ComplexFloat64));
        var refused = Assert.Throws<ArgumentException>(() => net.SaveSafetensors(At("complex")));
        Assert.StartsWith("'phase': found a tensor of type ComplexFloat64, expected", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    private static Module<Tensor, Tensor> Make(string kind) => kind switch { "pissa" => new PissaNet(), "deferred" => new DeferredNet(), _ => new LoraNet() };

    private static ReparamLayer Find(Module module, string path) => module.ReparamLayers().Single(l => l.Path == path).Layer;

    private static void Adapt(Module<Tensor, Tensor> net)
    {
        net.StartAdaptation();
        using var noGrad = no_grad();
        foreach (var (_, layer) in net.ReparamLayers())
        {
            foreach (var name in layer.PathStates)
            {
                layer.state_dict()[name].add_(0.25);
            }
        }
    }

    private static string[] Trained(Module module) => [.. module.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)];

    private static void AssertUntouched(Module module, Dictionary<string, Tensor> state, string[] trained)
    {
        Assert.Equal(state.Keys.Order(StringComparer.Ordinal), module.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.All(module.state_dict(), e => Assert.True(Same(e.Value, state[e.Key]), e.Key));
        Assert.Equal(trained, Trained(module));
    }

    private static void Rewrite(string from, string to, Action<JsonObject> metadata, Func<string, Tensor, (string Name, Tensor Tensor)>? change = null)
    {
        using var file = Checkpoint.Open(from);
        var entries = JsonSerializer.SerializeToNode(file.Metadata)!.AsObject();
        metadata(entries);
        var writer = new SafetensorsWriter();
        foreach (var name in file.Names)
        {
            var (newName, tensor) = change?.Invoke(name, TensorStorage.Read(file, name)) ?? (name, TensorStorage.Read(file, name));
            TensorStorage.Add(writer, newName, tensor);
        }

        foreach (var (key, value) in entries)
        {
            writer.SetMetadata(key, value!.GetValue<string>());
        }

        writer.Write(to);
    }

    private static void Write(string path, params (string Name, Tensor Tensor)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in tensors)
        {
            TensorStorage.Add(writer, name, tensor);
        }

        writer.Write(path);
    }

    private string At(string name) => Path.Combine(folder, name + ".safetensors");
}
