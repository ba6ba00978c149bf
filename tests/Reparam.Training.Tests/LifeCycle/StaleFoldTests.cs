using Reparam.Training.Tests.Models;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.LifeCycle;

/// <summary>Whatever writes into the state of a folded layer, the layer runs what it then has.</summary>
public sealed class StaleFoldTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam").FullName;

    public static TheoryData<string> Nets => LifeCycleTests.Nets;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Nets))]
    public void A_load_of_TorchSharps_own_is_followed(string name)
    {
        var (net, x) = LifeCycleTests.Make(name);
        var (other, _) = LifeCycleTests.Make(name);
        Move(other);
        net.eval();
        other.eval();
        net.Fold();
        using var before = net.call(x);
        net.load_state_dict(other.state_dict());
        AssertFollows(net, other, x, before);

        (net, _) = LifeCycleTests.Make(name);
        net.eval();
        net.Fold();
        using var first = net.call(x);
        other.save(Path.Combine(folder, "state.dat"));
        net.load(Path.Combine(folder, "state.dat"));
        AssertFollows(net, other, x, first);
    }

    [Fact]
    public void A_load_that_is_not_strict_is_followed()
    {
        var (net, other, x) = (new LoraNet(), new LoraNet(), randn(3, 6));
        net.eval();
        net.Fold();
        using var before = net.call(x);
        net.load_state_dict(other.state_dict().Where(e => e.Key.StartsWith("first.weight", StringComparison.Ordinal)).ToDictionary(), strict: false);
        using var folded = net.call(x);
        Assert.True(Distance(folded, before) > 1e-3);
        net.Unfold();
        Assert.InRange(Distance(net.call(x), folded), 0, 1e-5);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(300)]
    public void What_writes_into_parameters_directly_is_followed(int width)
    {
        var net = new SigmaNet(width, width);
        var x = randn(2, width);
        net.eval();
        var layer = Layer(net.Proj);
        var weight = layer.Weight;
        net.Fold();
        foreach (var write in new Action[] { () => weight.mul_(-2), () => weight.copy_(randn(width, width)), () => init.uniform_(weight), () => weight.fill_(0.5) })
        {
            using var before = net.call(x);
            using (no_grad())
            {
                write();
            }

            AssertSelfConsistent(net, x, before);
        }
    }

    [Fact]
    public void A_small_tensor_is_seen_to_the_last_element()
    {
        var net = new LoraNet();
        var x = ones(2, 6);
        net.eval();
        var weight = Layer(net.First).Weight;
        net.Fold();
        using var before = net.call(x);
        using (no_grad())
        {
            weight[7, 5].fill_(50);
        }

        AssertSelfConsistent(net, x, before);
    }

    [Fact]
    public void An_optimizer_that_steps_with_older_gradients_is_followed()
    {
        var net = new CompandNet();
        var x = randn(4, 7);
        using var optimizer = optim.SGD(net.parameters(), 0.5);
        functional.mse_loss(net.call(x), randn(4, 5)).backward();
        net.eval();
        net.Fold();
        using var before = net.call(x);
        optimizer.step();
        net.AfterOptimizerStep();
        AssertSelfConsistent(net, x, before);
    }

    [Fact]
    public void Types_that_come_and_go_leave_the_folded_weight_right()
    {
        var net = new LoraNet();
        var x = randn(3, 6);
        net.eval();
        net.Fold();
        using var before = net.call(x);
        net.to(ScalarType.Float64);
        net.to(ScalarType.Float32);
        Assert.InRange(Distance(net.call(x), before), 0, 1e-6);
        using (no_grad())
        {
            Layer(net.First).Weight.zero_();
        }

        AssertSelfConsistent(net, x, before);
    }

    [Fact]
    public void Values_that_are_not_finite_are_refused_by_the_next_forward_and_the_dense_weight_is_not_made_again_for_nothing()
    {
        var net = new LoraNet();
        var x = randn(3, 6);
        net.eval();
        net.Fold();
        var running = Layer(net.First).RunningWeight;
        _ = net.state_dict();
        net.call(x);
        Assert.Same(running, Layer(net.First).RunningWeight);
        var state = Snapshot(net);
        state["first.weight"][0, 0] = float.NaN;
        net.load_state_dict(state);
        var refused = Assert.Throws<ArgumentException>(() => net.call(x));
        Assert.StartsWith("LoraNet.First (LoRA): the dense weight [8, 6] holds 1 values that are not finite", refused.Message, StringComparison.Ordinal);
    }

    // Its pages are never touched but where the glance looks, so that it takes no memory.
    [Fact]
    public void A_weight_longer_than_a_span_is_glanced_at()
    {
        using var scope = NewDisposeScope();
        var large = empty(int.MaxValue + 9L, ScalarType.Byte);
        large[0] = 1;
        var before = StateDigest.Glance([large]);
        Assert.Equal(before, StateDigest.Glance([large]));
        large[0] = 2;
        Assert.NotEqual(before, StateDigest.Glance([large]));
    }

    private static void AssertFollows(Module<Tensor, Tensor> net, Module<Tensor, Tensor> other, Tensor x, Tensor before)
    {
        using var expected = other.call(x);
        using var found = net.call(x);
        Assert.True(Distance(expected, before) > 1e-3, "the two models must differ for the test to tell anything");
        Assert.InRange(Distance(found, expected), 0, 1e-5 * Math.Max(1, expected.abs().max().item<float>()));
    }

    private static void AssertSelfConsistent(Module<Tensor, Tensor> net, Tensor x, Tensor before)
    {
        using var folded = net.call(x);
        Assert.True(Distance(folded, before) > 1e-3, "the write must change the output for the test to tell anything");
        net.Unfold();
        using var unfolded = net.call(x);
        Assert.InRange(Distance(folded, unfolded), 0, 1e-5 * Math.Max(1, unfolded.abs().max().item<float>()));
        net.Fold();
    }

    // Every parameter elsewhere, as after another training.
    private static void Move(Module<Tensor, Tensor> net)
    {
        using var noGrad = no_grad();
        foreach (var parameter in net.parameters())
        {
            parameter.mul_(1.5).add_(0.1);
        }
    }
}
