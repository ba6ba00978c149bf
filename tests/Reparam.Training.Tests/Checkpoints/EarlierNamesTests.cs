using Reparam.Checkpoints;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Checkpoints;

/// <summary>Files of version 0.1, whose states had other names: written by that version, with the dense export that it gave.</summary>
public class EarlierNamesTests
{
    [Fact]
    public void A_training_checkpoint_with_adapters_loads()
    {
        var net = new EarlierNet();
        net.StartAdaptation();
        net.LoadSafetensors(Asset("adapted"));
        AssertDense(net);
        Assert.Contains("second.reparam.gain.a", net.state_dict().Keys);
        Assert.Contains("second.reparam.compand.a", net.state_dict().Keys);
        Assert.Contains("third.reparam.lora.m", net.state_dict().Keys);
    }

    [Fact]
    public void Adapters_load_onto_their_base_and_know_it()
    {
        var net = new EarlierNet();
        net.LoadSafetensors(Asset("pretrained"));
        net.LoadAdapters(Asset("adapters"));
        AssertDense(net);

        var other = new EarlierNet();
        Assert.Equal(2, Assert.Throws<CheckpointMismatchException>(() => other.LoadAdapters(Asset("adapters"))).OtherBase.Count);
    }

    [Fact]
    public void What_was_loaded_is_saved_under_todays_names()
    {
        var net = new EarlierNet();
        net.LoadSafetensors(Asset("pretrained"));
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "today.safetensors");
        net.SaveSafetensors(path);
        using var file = Checkpoint.Open(path);
        Assert.All(file.Names.Where(name => name.Contains("reparam", StringComparison.Ordinal)), name => Assert.Equal(4, name.Split('.').Length));
        var again = new EarlierNet();
        again.LoadSafetensors(path);
        Assert.All(net.state_dict(), e => Assert.True(Same(e.Value, again.state_dict()[e.Key]), e.Key));
    }

    [Fact]
    public void A_state_that_is_really_missing_is_still_refused()
    {
        var net = new EarlierNet();
        net.StartAdaptation();
        Assert.Contains("first.reparam.lora.a", Assert.Throws<CheckpointMismatchException>(() => net.LoadSafetensors(Asset("pretrained"))).Missing);
        var plain = new Models.CompandNet(8, 5);
        Assert.NotEmpty(Assert.Throws<CheckpointMismatchException>(() => plain.LoadSafetensors(Asset("pretrained"))).Unexpected);
    }

    private static void AssertDense(EarlierNet net)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "dense.safetensors");
        net.ExportDense(path);
        using var found = Checkpoint.Open(path);
        using var expected = Checkpoint.Open(Asset("dense"));
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), found.Names.Order(StringComparer.Ordinal));
        Assert.All(expected.Names, name => Assert.InRange(Distance(TensorStorage.Read(found, name), TensorStorage.Read(expected, name)), 0, 1e-6));
    }

    private static string Asset(string name) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "assets", $"earlier-{name}.safetensors");
}
