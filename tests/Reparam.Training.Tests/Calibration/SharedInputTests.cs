using Reparam.Compression.Calibration;
using TorchSharp.Modules;
using static Reparam.Training.Tests.Calibration.RecordingOracle;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>Layers that see the same inputs share a matrix, and only those.</summary>
public sealed class SharedInputTests
{
    [Fact]
    public void Layers_that_share_only_part_of_their_inputs_have_matrices_of_their_own()
    {
        manual_seed(8);
        using var net = new Pair();
        using var recorder = CalibrationRecorder.Attach(net, "**");
        using var both = randn(4, 3);
        using var first = randn(5, 3);
        using var second = randn(6, 3);
        net.First.call(both);
        net.Second.call(both);
        net.First.call(first);
        net.Second.call(second);

        // Written over between the two calls: one object, two inputs.
        using var changing = randn(2, 3);
        var before = Rows(changing, 3);
        net.First.call(changing);
        changing.mul_(-3);
        net.Second.call(changing);

        // First goes ahead by two inputs before Second has seen one of them.
        using var third = randn(3, 3);
        net.First.call(third);
        net.First.call(both);
        net.Second.call(third);

        var gram = recorder.Find("first.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle([.. Rows(both, 3), .. Rows(first, 3), .. before, .. Rows(third, 3), .. Rows(both, 3)], 3), gram.Values.ToArray(), Near(gram));
        gram = recorder.Find("second.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle([.. Rows(both, 3), .. Rows(second, 3), .. Rows(changing, 3), .. Rows(third, 3)], 3), gram.Values.ToArray(), Near(gram));
    }

    [Fact]
    public void One_going_ahead_does_not_change_what_the_other_follows_to()
    {
        using var net = new Pair();
        using var recorder = CalibrationRecorder.Attach(net, "*");
        using var x = randn(4, 3);
        using var y = randn(4, 3);
        net.First.call(x);
        net.First.call(y);
        net.Second.call(x);
        var gram = recorder.Find("second.weight", 2, 3)!.Gram;
        Assert.Equal(Oracle(Rows(x, 3), 3), gram.Values.ToArray(), Near(gram));
    }

    private sealed class Pair : Module<Tensor, Tensor>
    {
        private readonly Linear first = Linear(3, 2);
        private readonly Linear second = Linear(3, 2);

        public Pair()
            : base(nameof(Pair)) => RegisterComponents();

        public Linear First => first;

        public Linear Second => second;

        public override Tensor forward(Tensor x) => first.call(x) + second.call(x);
    }
}
