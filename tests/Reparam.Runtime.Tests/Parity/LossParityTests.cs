using Reparam.Runtime;
using TorchSharp;
using Nn = Reparam.Runtime.Nn;
using Theirs = TorchSharp.torch.nn.functional;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Losses of margins, counts, densities and alignments: functions and layers.</summary>
public class LossParityTests
{
    public static TheoryData<Reduction> Reductions => [Reduction.Mean, Reduction.Sum, Reduction.None];

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Counts_and_densities_agree(Reduction reduction)
    {
        var their = Their(reduction);
        var (x, y) = (Pair.Floats([4, 5], seed: 1), Positive([4, 5], 2));
        var counts = new Pair(torch.arange(20).reshape(4, 5).to(torch.float32), Torch.Arange(20).Reshape(4, 5).Float());
        foreach (var full in new[] { true, false })
        {
            Same(Theirs.poisson_nll_loss(x.Theirs, counts.Theirs, true, full, reduction: their), Functional.PoissonNllLoss(x.Ours, counts.Ours, true, full, reduction: reduction));
            Same(Theirs.poisson_nll_loss(y.Theirs, counts.Theirs, false, full, reduction: their), Functional.PoissonNllLoss(y.Ours, counts.Ours, false, full, reduction: reduction));
            Same(Theirs.gaussian_nll_loss(x.Theirs, counts.Theirs, y.Theirs, full, reduction: their), Functional.GaussianNllLoss(x.Ours, counts.Ours, y.Ours, full, reduction: reduction));
            Same(
                torch.nn.PoissonNLLLoss(true, full, 1e-6f, their).call(x.Theirs, counts.Theirs),
                Nn.PoissonNLLLoss(true, full, 1e-6f, reduction).Call(x.Ours, counts.Ours));
            Same(
                torch.nn.GaussianNLLLoss(full, 1e-5f, their).call(x.Theirs, counts.Theirs, y.Theirs),
                Nn.GaussianNLLLoss(full, 1e-5f, reduction).Call(x.Ours, counts.Ours, y.Ours));
        }

        Assert.Throws<ArgumentException>(() => Functional.GaussianNllLoss(x.Ours, x.Ours, x.Ours));
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Margins_agree(Reduction reduction)
    {
        var their = Their(reduction);
        var (x, signs) = (Pair.Floats([4, 5], seed: 1), Pair.Bools([4, 5], 3).Map(t => t.to(torch.float32) * 2 - 1, t => t.Float().Mul(2).Sub(1)));
        Same(Theirs.hinge_embedding_loss(x.Theirs, signs.Theirs, 1, their), Functional.HingeEmbeddingLoss(x.Ours, signs.Ours, 1, reduction));
        Same(torch.nn.HingeEmbeddingLoss(1.5, their).call(x.Theirs, signs.Theirs), Nn.HingeEmbeddingLoss(1.5, reduction).Call(x.Ours, signs.Ours));
        var classes = Pair.Of([4], new long[] { 0, 4, 2, 2 });
        var weight = Positive([5], 4);
        foreach (var p in new[] { 1, 2 })
        {
            Same(Theirs.multi_margin_loss(x.Theirs, classes.Theirs, p, 0.7, null, their), Functional.MultiMarginLoss(x.Ours, classes.Ours, p, 0.7, null, reduction));
            Same(
                torch.nn.MultiMarginLoss(p, 0.7, weight.Theirs, their).call(x.Theirs, classes.Theirs),
                Nn.MultiMarginLoss(p, 0.7, weight.Ours, reduction).Call(x.Ours, classes.Ours));
        }

        var bits = Pair.Bools([4, 5], 5).Map(t => t.to(torch.float32), t => t.Float());
        Same(
            torch.nn.MultiLabelSoftMarginLoss(weight.Theirs, their).call(x.Theirs, bits.Theirs),
            Nn.MultiLabelSoftMarginLoss(weight.Ours, reduction).Call(x.Ours, bits.Ours));
        var labels = Pair.Of([4, 5], [0, 3, -1, 1, 1, 4, -1, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
        Same(
            torch.nn.MultiLabelMarginLoss(their).call(x.Theirs, labels.Theirs), Nn.MultiLabelMarginLoss(reduction).Call(x.Ours, labels.Ours));
        Assert.Throws<ArgumentException>(() => Functional.MultiMarginLoss(x.Ours, classes.Ours, 3));
        Assert.Throws<ArgumentException>(() => Functional.MultiLabelMarginLoss(x.Ours, Torch.Full([4, 5], 9L)));
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Triplets_agree(Reduction reduction)
    {
        var their = Their(reduction);
        var (a, p, n) = (Pair.Floats([6, 5], seed: 1), Pair.Floats([6, 5], seed: 2), Pair.Floats([6, 5], seed: 3));
        foreach (var swap in new[] { true, false })
        {
            Same(
                torch.nn.TripletMarginLoss(0.8, 2, 1e-6, swap, their).call(a.Theirs, p.Theirs, n.Theirs),
                Nn.TripletMarginLoss(0.8, 2, 1e-6, swap, reduction).Call(a.Ours, p.Ours, n.Ours));
            Same(
                torch.nn.TripletMarginWithDistanceLoss((x, y) => (x - y).abs().sum(1), 0.8, swap, their).call(a.Theirs, p.Theirs, n.Theirs),
                Nn.TripletMarginWithDistanceLoss((x, y) => x.Sub(y).Abs().Sum(1), 0.8, swap, reduction).Call(a.Ours, p.Ours, n.Ours));
        }
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Alignments_agree(Reduction reduction)
    {
        var their = Their(reduction);
        var scores = Pair.Floats([12, 3, 5], seed: 1);
        var logs = new Pair(scores.Theirs.log_softmax(-1), scores.Ours.LogSoftmax(-1));
        var targets = Pair.Of([3, 4], [1, 2, 2, 3, 4, 4, 1, 1, 3, 2, 1, 4]);
        var (steps, lengths) = (Pair.Of([3], new long[] { 12, 10, 3 }), Pair.Of([3], new long[] { 4, 2, 3 }));
        Same(
            torch.nn.CTCLoss(0, false, their).call(logs.Theirs, targets.Theirs, steps.Theirs, lengths.Theirs),
            Nn.CTCLoss(0, false, reduction).Call(logs.Ours, targets.Ours, steps.Ours, lengths.Ours));
        var joined = Pair.Of([9], new long[] { 1, 2, 2, 3, 4, 4, 3, 2, 1 });
        Same(
            Theirs.ctc_loss(logs.Theirs, joined.Theirs, steps.Theirs, lengths.Theirs, 0, true, their),
            Functional.CtcLoss(logs.Ours, joined.Ours, steps.Ours, lengths.Ours, 0, true, reduction));

        // Too few steps for the target: no alignment.
        var few = Pair.Of([3], new long[] { 12, 10, 2 });
        Same(
            Theirs.ctc_loss(logs.Theirs, targets.Theirs, few.Theirs, lengths.Theirs, 0, true, their),
            Functional.CtcLoss(logs.Ours, targets.Ours, few.Ours, lengths.Ours, 0, true, reduction));
        Assert.Throws<ArgumentException>(() => Functional.CtcLoss(logs.Ours, targets.Ours, Torch.Full([3], 20L), lengths.Ours));
    }

    private static torch.nn.Reduction Their(Reduction reduction) => Enum.Parse<torch.nn.Reduction>(reduction.ToString());

    private static Pair Positive(long[] shape, int seed) => Pair.Floats(shape, seed).Map(t => t.abs() + 0.1f, t => t.Abs().Add(0.1f));

    private static void Same(torch.Tensor theirs, Tensor ours) => Compare.Same(theirs, ours, 1e-5, 1e-5);
}
