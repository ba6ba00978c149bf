using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Runtime.Tests.Parity;

public class AttentionLayerParityTests
{
    [Theory]
    [InlineData(true, false, false, null, null)]
    [InlineData(false, true, true, null, null)]
    [InlineData(true, true, false, 6L, 6L)]
    [InlineData(true, false, true, 8L, null)]
    public void Attention_agrees(bool bias, bool addBias, bool addZero, long? keyWidth, long? valueWidth)
    {
        var theirs = MultiheadAttention(8, 2, 0, bias, addBias, addZero, keyWidth, valueWidth);
        var ours = Nn.MultiheadAttention(8, 2, 0, bias, addBias, addZero, keyWidth, valueWidth);
        LayerPair.Share(theirs, ours);
        var (q, k, v) = (Pair.Floats([5, 3, 8], 1), Pair.Floats([7, 3, keyWidth ?? 8], 2), Pair.Floats([7, 3, valueWidth ?? 8], 3));
        var padding = Pair.Of([3, 7], [.. Enumerable.Range(0, 21).Select(i => i % 7 > 4 && i > 7 ? 1L : 0)]).Map(t => t.to(torch.@bool), t => t.ToType(DType.Bool));
        var forbidden = Pair.Of([5, 7], [.. Enumerable.Range(0, 35).Select(i => i % 7 > i / 7 + 2 ? 1L : 0)]).Map(t => t.to(torch.@bool), t => t.ToType(DType.Bool));
        var added = Pair.Floats([5, 7], 4);
        foreach (var weights in new[] { true, false })
        {
            Same(theirs.call(q.Theirs, k.Theirs, v.Theirs, null, weights), ours.Call(q.Ours, k.Ours, v.Ours, null, weights));
            Same(theirs.call(q.Theirs, k.Theirs, v.Theirs, padding.Theirs, weights), ours.Call(q.Ours, k.Ours, v.Ours, padding.Ours, weights));
            if (addBias || addZero)
            {
                // libtorch cannot lengthen a mask of the scores.
                continue;
            }

            Same(theirs.call(q.Theirs, k.Theirs, v.Theirs, null, weights, forbidden.Theirs), ours.Call(q.Ours, k.Ours, v.Ours, null, weights, forbidden.Ours));
            Same(theirs.call(q.Theirs, k.Theirs, v.Theirs, padding.Theirs, weights, added.Theirs), ours.Call(q.Ours, k.Ours, v.Ours, padding.Ours, weights, added.Ours));
        }

        if (keyWidth is null)
        {
            Same(theirs.call(q.Theirs, q.Theirs, q.Theirs), ours.Call(q.Ours, q.Ours, q.Ours));
        }

        Assert.Throws<ArgumentException>(() => ours.Call(Torch.Zeros(2, 3, 7), k.Ours, v.Ours));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_query_that_may_look_at_nothing_has_no_answer(bool weights)
    {
        var (theirs, ours) = (MultiheadAttention(8, 2), Nn.MultiheadAttention(8, 2));
        LayerPair.Share(theirs, ours);
        var x = Pair.Floats([4, 2, 8], 1);
        var padding = Pair.Of([2, 4], new long[] { 1, 1, 1, 1, 0, 0, 1, 0 }).Map(t => t.to(torch.@bool), t => t.ToType(DType.Bool));
        Same(theirs.call(x.Theirs, x.Theirs, x.Theirs, padding.Theirs, weights), ours.Call(x.Ours, x.Ours, x.Ours, padding.Ours, weights));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transformers_agree(bool gelu)
    {
        var (activation, ourActivation) = gelu ? (torch.nn.Activations.GELU, Activations.GELU) : (torch.nn.Activations.ReLU, Activations.ReLU);
        var layer = (Theirs: TransformerEncoderLayer(8, 2, 12, 0.1, activation), Ours: Nn.TransformerEncoderLayer(8, 2, 12, 0.1, ourActivation));
        var encoder = (Theirs: TransformerEncoder(layer.Theirs, 2), Ours: Nn.TransformerEncoder(layer.Ours, 2));
        var other = (Theirs: TransformerDecoderLayer(8, 2, 12, 0.1, activation), Ours: Nn.TransformerDecoderLayer(8, 2, 12, 0.1, ourActivation));
        var decoder = (Theirs: TransformerDecoder(other.Theirs, 2), Ours: Nn.TransformerDecoder(other.Ours, 2));
        var both = (Theirs: Transformer(8, 2, 2, 1, 12, 0.1, activation), Ours: Nn.Transformer(8, 2, 2, 1, 12, 0.1, ourActivation));
        LayerPair.Share(layer.Theirs, layer.Ours);
        LayerPair.Share(encoder.Theirs, encoder.Ours);
        LayerPair.Share(other.Theirs, other.Ours);
        LayerPair.Share(decoder.Theirs, decoder.Ours);
        LayerPair.Share(both.Theirs, both.Ours);
        var (x, y) = (Pair.Floats([5, 3, 8], 1), Pair.Floats([4, 3, 8], 2));
        var mask = Pair.Floats([5, 5], 3);
        var padding = Pair.Of([3, 5], [.. Enumerable.Range(0, 15).Select(i => i % 5 == 4 ? 1L : 0)]).Map(t => t.to(torch.@bool), t => t.ToType(DType.Bool));
        Compare.Same(layer.Theirs.call(x.Theirs), layer.Ours.Call(x.Ours), 2e-5, 2e-5);
        Compare.Same(layer.Theirs.call(x.Theirs, mask.Theirs), layer.Ours.Call(x.Ours, mask.Ours), 2e-5, 2e-5);
        Compare.Same(layer.Theirs.call(x.Theirs, mask.Theirs, padding.Theirs), layer.Ours.Call(x.Ours, mask.Ours, padding.Ours), 2e-5, 2e-5);
        Compare.Same(encoder.Theirs.call(x.Theirs), encoder.Ours.Call(x.Ours), 2e-5, 2e-5);
        Compare.Same(encoder.Theirs.call(x.Theirs, mask.Theirs), encoder.Ours.Call(x.Ours, mask.Ours), 2e-5, 2e-5);
        Compare.Same(encoder.Theirs.call(x.Theirs, mask.Theirs, padding.Theirs), encoder.Ours.Call(x.Ours, mask.Ours, padding.Ours), 2e-5, 2e-5);
        Compare.Same(other.Theirs.call(y.Theirs, x.Theirs), other.Ours.Call(y.Ours, x.Ours), 2e-5, 2e-5);
        Compare.Same(decoder.Theirs.call(y.Theirs, x.Theirs), decoder.Ours.Call(y.Ours, x.Ours), 2e-5, 2e-5);
        Compare.Same(
            decoder.Theirs.call(x.Theirs, x.Theirs, mask.Theirs, memory_key_padding_mask: padding.Theirs),
            decoder.Ours.Call(x.Ours, x.Ours, mask.Ours, memory_key_padding_mask: padding.Ours), 2e-5, 2e-5);
        Compare.Same(both.Theirs.call(x.Theirs, y.Theirs), both.Ours.Call(x.Ours, y.Ours), 2e-5, 2e-5);
        Compare.Same(both.Theirs.call(x.Theirs, y.Theirs, mask.Theirs), both.Ours.Call(x.Ours, y.Ours, mask.Ours), 2e-5, 2e-5);
    }

    private static void Same(Tuple<torch.Tensor, torch.Tensor> theirs, Tuple<Tensor, Tensor> ours)
    {
        Compare.Same(theirs.Item1, ours.Item1, 1e-5, 1e-5);
        if (ours.Item2 is not null)
        {
            // What was not asked for is a tensor without a value in TorchSharp.
            Compare.Same(theirs.Item2, ours.Item2, 1e-5, 1e-5);
        }
    }
}
