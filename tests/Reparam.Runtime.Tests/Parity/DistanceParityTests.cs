using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Runtime.Tests.Parity;

public class DistanceParityTests
{
    [Fact]
    public void Distances_and_bilinear_products_agree()
    {
        var (x, y) = (Pair.Floats([3, 4, 5], 1), Pair.Floats([3, 4, 5], 2));
        foreach (var p in new[] { 1, 2, 3, 0.5, double.PositiveInfinity })
        {
            Compare.Same(functional.normalize(x.Theirs, p), Functional.Normalize(x.Ours, p), 1e-5, 1e-6);
            Compare.Same(functional.pairwise_distance(x.Theirs, y.Theirs, p), Functional.PairwiseDistance(x.Ours, y.Ours, p), 1e-5, 1e-6);
        }

        Compare.Same(CosineSimilarity(2).call(x.Theirs, y.Theirs), Nn.CosineSimilarity(2).Call(x.Ours, y.Ours), 1e-5, 1e-6);
        Compare.Same(PairwiseDistance(2, keepdim: true).call(x.Theirs, y.Theirs), Nn.PairwiseDistance(2, keepdim: true).Call(x.Ours, y.Ours), 1e-5, 1e-6);
        var (theirs, ours) = (Bilinear(5, 6, 7), Nn.Bilinear(5, 6, 7));
        LayerPair.Share(theirs, ours);
        var z = Pair.Floats([3, 4, 6], 3);
        Compare.Same(theirs.call(x.Theirs, z.Theirs), ours.Call(x.Ours, z.Ours), 1e-5, 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Bags_agree(int mode)
    {
        var (theirs, ours) = (EmbeddingBag(9, 5, mode: (TorchSharp.EmbeddingBagMode)mode), Nn.EmbeddingBag(9, 5, mode: (EmbeddingBagMode)mode));
        LayerPair.Share(theirs, ours);
        var bags = Pair.Integers([4, 3], 1, 0, 9);
        Compare.Same(theirs.call(bags.Theirs), ours.Call(bags.Ours), 1e-5, 1e-6);
        var (all, offsets) = (Pair.Integers([10], 2, 0, 9), Pair.Of([4], [0L, 3, 3, 8]));
        Compare.Same(theirs.call(all.Theirs, offsets.Theirs), ours.Call(all.Ours, offsets.Ours), 1e-5, 1e-6);
        if (mode == 0)
        {
            var factors = Pair.Floats([10], 3);
            Compare.Same(theirs.call(all.Theirs, offsets.Theirs, factors.Theirs), ours.Call(all.Ours, offsets.Ours, factors.Ours), 1e-5, 1e-6);
        }

        Assert.Throws<ArgumentException>(() => ours.Call(all.Ours));
    }

    [Fact]
    public void Losses_agree()
    {
        var (x, y) = (Pair.Floats([4, 6], 1), Pair.Floats([4, 6], 2));
        var (p, q) = (x.Map(t => t.sigmoid(), t => t.Sigmoid()), y.Map(t => t.sigmoid(), t => t.Sigmoid()));
        var classes = Pair.Integers([4], 3, 0, 6);
        var weight = Pair.Floats([6], 4).Map(t => t.abs(), t => t.Abs());
        var signs = Pair.Of([4], [1f, -1, 1, -1]);
        foreach (var reduction in new[] { 0, 1, 2 })
        {
            var (theirs, ours) = ((torch.nn.Reduction)reduction, Enum.Parse<Reduction>(((torch.nn.Reduction)reduction).ToString()));
            Same(MSELoss(theirs).call(x.Theirs, y.Theirs), Nn.MSELoss(ours).Call(x.Ours, y.Ours));
            Same(L1Loss(theirs).call(x.Theirs, y.Theirs), Nn.L1Loss(ours).Call(x.Ours, y.Ours));
            Same(SmoothL1Loss(theirs, 0.7).call(x.Theirs, y.Theirs), Nn.SmoothL1Loss(ours, 0.7).Call(x.Ours, y.Ours));
            Same(HuberLoss(0.7, theirs).call(x.Theirs, y.Theirs), Nn.HuberLoss(0.7, ours).Call(x.Ours, y.Ours));
            Same(BCELoss(null, theirs).call(p.Theirs, q.Theirs), Nn.BCELoss(null, ours).Call(p.Ours, q.Ours));
            Same(BCEWithLogitsLoss(weight.Theirs, theirs, weight.Theirs).call(x.Theirs, q.Theirs), Nn.BCEWithLogitsLoss(weight.Ours, ours, weight.Ours).Call(x.Ours, q.Ours));
            Same(KLDivLoss(false, theirs).call(x.Theirs, q.Theirs), Nn.KLDivLoss(false, ours).Call(x.Ours, q.Ours));
            Same(KLDivLoss(true, theirs).call(x.Theirs, y.Theirs), Nn.KLDivLoss(true, ours).Call(x.Ours, y.Ours));
            Same(NLLLoss(null, theirs).call(x.Theirs, classes.Theirs), Nn.NLLLoss(null, ours).Call(x.Ours, classes.Ours));
            Same(NLLLoss(weight.Theirs, theirs).call(x.Theirs, classes.Theirs), Nn.NLLLoss(weight.Ours, ours).Call(x.Ours, classes.Ours));
            Same(CrossEntropyLoss(reduction: theirs).call(x.Theirs, classes.Theirs), Nn.CrossEntropyLoss(reduction: ours).Call(x.Ours, classes.Ours));
            Same(CosineEmbeddingLoss(0.1, theirs).call(x.Theirs, y.Theirs, signs.Theirs), Nn.CosineEmbeddingLoss(0.1, ours).Call(x.Ours, y.Ours, signs.Ours));
            Same(
                MarginRankingLoss(0.2, theirs).call(x.Theirs[.., 0], y.Theirs[.., 0], signs.Theirs), Nn.MarginRankingLoss(0.2, ours).Call(x.Ours[.., 0], y.Ours[.., 0], signs.Ours));
            Same(SoftMarginLoss(theirs).call(x.Theirs[.., 0], signs.Theirs), Nn.SoftMarginLoss(ours).Call(x.Ours[.., 0], signs.Ours));
        }
    }

    private static void Same(torch.Tensor theirs, Tensor ours) => Compare.Same(theirs, ours, 2e-5, 2e-5);
}
