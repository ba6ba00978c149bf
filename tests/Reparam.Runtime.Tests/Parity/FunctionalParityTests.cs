using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Runtime.Tests.Parity;

public class FunctionalParityTests
{
    [Fact]
    public void Layer_norm_agrees()
    {
        foreach (var x in Pair.Floats([4, 3, 7], scale: 3).Map(t => t + 5, t => t + 5).Layouts().Where(pair => pair.Theirs.shape[^1] == 7 && pair.Theirs.shape[^2] == 3))
        {
            var (weight, bias) = (Pair.Floats([7], 2), Pair.Floats([7], 3));
            Compare.Same(functional.layer_norm(x.Theirs, [7]), Functional.LayerNorm(x.Ours, [7]), 1e-5, 2e-6);
            Compare.Same(
                functional.layer_norm(x.Theirs, [7], weight.Theirs, bias.Theirs, 1e-3), Functional.LayerNorm(x.Ours, [7], weight.Ours, bias.Ours, 1e-3), 1e-5, 2e-6);
            Compare.Same(functional.layer_norm(x.Theirs, [3, 7]), Functional.LayerNorm(x.Ours, [3, 7]), 1e-5, 2e-6);
        }

        Assert.Throws<ArgumentException>(() => Functional.LayerNorm(Torch.Zeros(2, 3), [2]));
        Assert.Throws<ArgumentException>(() => Functional.LayerNorm(Torch.Zeros(2, 3), [3], Torch.Zeros(2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(257)]
    [InlineData(2500)]
    public void Norms_of_rows_of_any_length_agree(int length)
    {
        var x = Pair.Floats([3, 2, length], scale: 3).Map(t => t + 5, t => t + 5);
        var (weight, bias) = (Pair.Floats([length], 2), Pair.Floats([length], 3));
        Compare.Same(
            functional.layer_norm(x.Theirs, [length], weight.Theirs, bias.Theirs), Functional.LayerNorm(x.Ours, [length], weight.Ours, bias.Ours), 1e-5, 1e-5);
        Compare.Same(functional.layer_norm(x.Theirs, [length], weight.Theirs), Functional.LayerNorm(x.Ours, [length], weight.Ours), 1e-5, 1e-5);
        var (mean, variance) = (Pair.Floats([2], 4), Pair.Floats([2], 5).Map(t => t.square() + 0.1, t => t.Square() + 0.1));
        Compare.Same(functional.batch_norm(x.Theirs, mean.Theirs, variance.Theirs), Functional.BatchNorm(x.Ours, mean.Ours, variance.Ours), 2e-5, 1e-5);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Batch_norm_agrees(int rank)
    {
        var x = Pair.Floats([.. new long[] { 2, 5, 3, 4 }.Take(rank)], scale: 2);
        var (mean, variance) = (Pair.Floats([5], 2), Pair.Floats([5], 3).Map(t => t.square() + 0.1, t => t.Square() + 0.1));
        var (weight, bias) = (Pair.Floats([5], 4), Pair.Floats([5], 5));
        Compare.Same(functional.batch_norm(x.Theirs, mean.Theirs, variance.Theirs), Functional.BatchNorm(x.Ours, mean.Ours, variance.Ours), 2e-5, 1e-5);
        Compare.Same(
            functional.batch_norm(x.Theirs, mean.Theirs, variance.Theirs, weight.Theirs, bias.Theirs),
            Functional.BatchNorm(x.Ours, mean.Ours, variance.Ours, weight.Ours, bias.Ours), 2e-5, 1e-5);
    }

    [Fact]
    public void Attention_agrees_with_masks_and_without()
    {
        var (q, k, v) = (Pair.Floats([2, 3, 5, 8], 1), Pair.Floats([2, 3, 5, 8], 2), Pair.Floats([2, 3, 5, 4], 3));
        Compare.Same(
            functional.scaled_dot_product_attention(q.Theirs, k.Theirs, v.Theirs), Functional.ScaledDotProductAttention(q.Ours, k.Ours, v.Ours), 1e-5, 2e-6);
        Compare.Same(
            functional.scaled_dot_product_attention(q.Theirs, k.Theirs, v.Theirs, is_casual: true),
            Functional.ScaledDotProductAttention(q.Ours, k.Ours, v.Ours, is_casual: true), 1e-5, 2e-6);
        var one = q.Map(t => t[.., .., ..1], t => t[.., .., ..1]);
        Compare.Same(
            functional.scaled_dot_product_attention(one.Theirs, k.Theirs, v.Theirs, is_casual: true),
            Functional.ScaledDotProductAttention(one.Ours, k.Ours, v.Ours, is_casual: true), 1e-5, 2e-6);
        var allowed = Pair.Bools([5, 5], 4);
        Compare.Same(
            functional.scaled_dot_product_attention(q.Theirs, k.Theirs, v.Theirs, allowed.Theirs),
            Functional.ScaledDotProductAttention(q.Ours, k.Ours, v.Ours, allowed.Ours), 1e-5, 2e-6);
        var added = Pair.Floats([3, 5, 5], 5);
        Compare.Same(
            functional.scaled_dot_product_attention(q.Theirs, k.Theirs, v.Theirs, added.Theirs),
            Functional.ScaledDotProductAttention(q.Ours, k.Ours, v.Ours, added.Ours), 1e-5, 2e-6);
        Assert.Throws<ArgumentException>(() => Functional.ScaledDotProductAttention(q.Ours, k.Ours, v.Ours, allowed.Ours, is_casual: true));
    }

    [Fact]
    public void A_query_that_may_attend_to_nothing_gives_zero_as_in_libtorch()
    {
        var (q, k) = (Pair.Floats([2, 4], 1), Pair.Floats([3, 4], 2));
        Compare.Same(
            functional.scaled_dot_product_attention(q.Theirs, k.Theirs, k.Theirs, torch.zeros(2, 3, torch.@bool)),
            Functional.ScaledDotProductAttention(q.Ours, k.Ours, k.Ours, Torch.Zeros(2, 3, DType.Bool)));
    }

    [Fact]
    public void Cross_entropy_agrees()
    {
        var scores = Pair.Floats([6, 5], 1, scale: 3);
        var targets = Pair.Of([6], [0L, 4, -100, 2, 2, 1]);
        foreach (var (theirs, ours) in new[] { (torch.nn.Reduction.Mean, Reduction.Mean), (torch.nn.Reduction.Sum, Reduction.Sum), (torch.nn.Reduction.None, Reduction.None) })
        {
            Compare.Same(
                functional.cross_entropy(scores.Theirs, targets.Theirs, reduction: theirs), Functional.CrossEntropy(scores.Ours, targets.Ours, reduction: ours), 1e-5, 1e-6);
        }

        Compare.Same(
            functional.cross_entropy(scores.Theirs, targets.Theirs.clamp(0, 4), ignore_index: 2),
            Functional.CrossEntropy(scores.Ours, targets.Ours.Clamp(0, 4), ignore_index: 2), 1e-5, 1e-6);
        var wide = Pair.Floats([2, 5, 3], 2);
        var classes = Pair.Integers([2, 3], 3, 0, 5);
        Compare.Same(functional.cross_entropy(wide.Theirs, classes.Theirs), Functional.CrossEntropy(wide.Ours, classes.Ours), 1e-5, 1e-6);
        var single = Pair.Floats([5], 4);
        Compare.Same(functional.cross_entropy(single.Theirs, torch.tensor(3L)), Functional.CrossEntropy(single.Ours, Torch.Tensor(3L)), 1e-5, 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => Functional.CrossEntropy(scores.Ours, Torch.Full([6], 5)));
        Assert.Throws<ArgumentException>(() => Functional.CrossEntropy(scores.Ours, Torch.Full([5], 1)));
    }

    [Fact]
    public void Embedding_looks_rows_up_and_refuses_what_is_no_entry()
    {
        var table = Pair.Floats([7, 3]);
        var index = Pair.Integers([2, 4], 3, 0, 7);
        var layer = Nn.Embedding(7, 3);
        layer.Weight = Nn.Parameter(table.Ours);
        Compare.Same(table.Theirs[index.Theirs], layer.Call(index.Ours));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Call(Torch.Tensor([7L])));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Call(Torch.Tensor([-1L])));
        Assert.Throws<ArgumentException>(() => layer.Call(Torch.Tensor([1f])));
    }
}
