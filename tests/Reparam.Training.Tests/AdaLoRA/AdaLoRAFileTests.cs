using Reparam.Checkpoints;
using Reparam.Training.AdaLoRA;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.AdaLoRA;

/// <summary>What AdaLoRA saves, loads, folds and exports.</summary>
public class AdaLoRAFileTests
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void A_run_that_was_saved_in_between_goes_on_as_if_it_had_not_been()
    {
        var (whole, x, target) = AdaLoRARuleTests.Make(5);
        Run(whole, x, target, 20);
        var (first, _, _) = AdaLoRARuleTests.Make(5);
        Run(first, x, target, 9);
        first.SaveSafetensors(At("half"));
        var (second, _, _) = AdaLoRARuleTests.Make(6);
        second.LoadSafetensors(At("half"));
        Assert.Equal(9, second.state_dict()["reparam.step"].item<long>());
        Run(second, x, target, 11);
        Assert.All(whole.state_dict(), e => Assert.True(Same(e.Value, second.state_dict()[e.Key]), e.Key));
    }

    [Fact]
    public void Names_are_those_of_the_method()
    {
        var (net, _, _) = AdaLoRARuleTests.Make(5);
        net.PrepareReparam();
        Assert.Equal(
            [
                "first.reparam.adalora.a", "first.reparam.adalora.b", "first.reparam.adalora.e", "reparam.adalora.first.sensitivity_a", "reparam.adalora.first.sensitivity_b",
                "reparam.adalora.first.sensitivity_e", "reparam.adalora.first.uncertainty_a", "reparam.adalora.first.uncertainty_b", "reparam.adalora.first.uncertainty_e", "reparam.step",
            ],
            net.state_dict().Keys.Where(k => k.Contains("reparam", StringComparison.Ordinal) && !k.Contains("second", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Folding_and_exporting_give_what_the_path_gave()
    {
        var (net, x, target) = AdaLoRARuleTests.Make(7);
        Run(net, x, target, 20);
        net.eval();
        using var before = net.call(x);
        net.Fold();
        Assert.InRange(Distance(net.call(x), before), 0, 1e-12);
        net.Unfold();
        Assert.Equal(0, Distance(net.call(x), before));
        net.ExportDense(At("dense"));
        using var dense = Checkpoint.Open(At("dense"));
        Assert.Equal(["first.bias", "first.weight", "second.bias", "second.weight"], dense.Names.Order(StringComparer.Ordinal));
        using var weight = TensorStorage.Read(dense, "first.weight");
        Assert.InRange(Distance(weight, Layer(net.First).DenseWeight()), 0, 1e-14);
    }

    [Fact]
    public void Compact_adapters_drop_what_was_pruned_and_give_the_same_function()
    {
        var (net, x, target) = AdaLoRARuleTests.Make(8);
        Run(net, x, target, 24);
        net.eval();
        net.SaveSafetensors(At("all"));
        using var before = net.call(x);
        net.SaveCompactAdapters(At("compact"));
        var ranks = net.AdaLoRARanks();
        using (var file = Checkpoint.Open(At("compact")))
        {
            Assert.Equal([ranks[0].Rank, 6L], file.Info("first.reparam.adalora.a").Shape.ToArray());
            Assert.Equal([8L, ranks[0].Rank], file.Info("first.reparam.adalora.b").Shape.ToArray());
            Assert.Equal(net.AdaLoRARankReport(), file.Metadata["reparam.adalora.ranks"]);
        }

        Assert.Equal($$"""[{"path":"first","initRank":4,"rank":{{ranks[0].Rank}}},{"path":"second","initRank":4,"rank":{{ranks[1].Rank}}}]""", net.AdaLoRARankReport());
        var (again, _, _) = AdaLoRARuleTests.Make(9);
        again.LoadSafetensors(At("all"));
        using (no_grad())
        {
            again.state_dict()["first.reparam.adalora.e"].fill_(3);
        }

        again.LoadCompactAdapters(At("compact"));
        again.eval();
        Assert.InRange(Distance(again.call(x), before), 0, 1e-12);
    }

    [Fact]
    public void A_layer_without_ranks_is_saved_loaded_and_exported()
    {
        var (net, x, _) = AdaLoRARuleTests.Make(10);
        net.eval();
        using (no_grad())
        {
            net.state_dict()["second.reparam.adalora.e"].fill_(0.5);
        }

        using var before = net.call(x);
        net.SaveCompactAdapters(At("one"));
        var again = AdaLoRARuleTests.Make(10).Net;
        again.eval();
        again.LoadCompactAdapters(At("one"));
        Assert.InRange(Distance(again.call(x), before), 0, 1e-12);
        Assert.Equal([0, 4], again.AdaLoRARanks().Select(r => r.Rank));
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused_as_a_whole()
    {
        var golden = new GoldenNet();
        golden.SaveCompactAdapters(At("golden"));
        var net = new AdaNet();
        var refused = Assert.Throws<CheckpointMismatchException>(() => net.LoadCompactAdapters(At("golden")));
        Assert.Equal(["first", "second"], refused.Missing);
        Assert.Equal(["only"], refused.Unexpected);
        net.SaveSafetensors(At("other"));
        Assert.Contains("not written by SaveCompactAdapters", Assert.Throws<CheckpointMismatchException>(() => net.LoadCompactAdapters(At("other"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_trains_in_bfloat16_after_a_move()
    {
        var net = AdaLoRARuleTests.Make(12).Net;
        net.PrepareReparam();
        net.to(ScalarType.BFloat16);
        using var x = randn(16, 6).to(ScalarType.BFloat16);
        using var target = randn(16, 5).to(ScalarType.BFloat16);
        Run(net, x, target, 22);
        Assert.Equal(4, net.AdaLoRARanks().Sum(r => r.Rank));
        Assert.True(net.state_dict().Values.All(v => v.isfinite().all().item<bool>()));
    }

    private string At(string name) => Path.Combine(folder, name + ".safetensors");

    private static void Run(AdaNet net, Tensor x, Tensor target, int steps)
    {
        net.train();
        using var optimizer = optim.SGD(net.parameters().Where(p => p.requires_grad), 0.2);
        for (var i = 0; i < steps; i++)
        {
            AdaLoRARuleTests.Backward(net, optimizer, x, target);
            optimizer.step();
            net.AfterOptimizerStep();
        }
    }
}
