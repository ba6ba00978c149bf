using Reparam.Runtime;

namespace Reparam.Cli.Benchmarks.Models;

/// <summary>Causal grouped-query attention with rotary positions (Ainslie et al. 2023, arXiv 2305.13245).</summary>
internal sealed class Attention(DecoderSizes sizes, int layer, Rotary rotary, RegionClock clock) : Module<Tensor, DecoderCache, Tensor>(nameof(Attention))
{
    private readonly Linear query = Nn.Linear(sizes.Width, sizes.Width, hasBias: false);
    private readonly Linear key = Nn.Linear(sizes.Width, sizes.KeyValueWidth, hasBias: false);
    private readonly Linear value = Nn.Linear(sizes.Width, sizes.KeyValueWidth, hasBias: false);
    private readonly Linear output = Nn.Linear(sizes.Width, sizes.Width, hasBias: false);

    /// <summary>[length, width] → the same.</summary>
    public override Tensor Forward(Tensor x, DecoderCache cache)
    {
        var (length, groups, queries) = (x.Shape[0], sizes.KeyValueHeads, sizes.Heads / sizes.KeyValueHeads);
        clock.Enter(Region.PackedProducts);
        var (q, k, v) = (query.Call(x), key.Call(x), value.Call(x));
        clock.Enter(Region.Rotary);
        q = rotary.Turn(q.View(length, sizes.Heads, sizes.HeadWidth), cache.Position);
        k = rotary.Turn(k.View(length, groups, sizes.HeadWidth), cache.Position);
        clock.Enter(Region.Attention);
        var (keys, values) = cache.Append(layer, k, v.View(length, groups, sizes.HeadWidth));
        var total = keys.Shape[1];

        // The query heads that share a key head become further rows of its matrix product.
        q = q.View(length, groups, queries, sizes.HeadWidth).Permute(1, 2, 0, 3).Reshape(groups, queries * length, sizes.HeadWidth);
        var scores = q.Matmul(keys.Transpose(1, 2)) / Math.Sqrt(sizes.HeadWidth);
        if (length > 1)
        {
            var mask = Torch.Full(length, total, float.NegativeInfinity).Triu(total - length + 1);
            scores = (scores.View(groups, queries, length, total) + mask).View(groups, queries * length, total);
        }

        var mixed = scores.Softmax(-1).Matmul(values).View(groups, queries, length, sizes.HeadWidth).Permute(2, 0, 1, 3).Reshape(length, -1);
        clock.Enter(Region.PackedProducts);
        return output.Call(mixed);
    }

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("wq", query);
        visitor.Module("wk", key);
        visitor.Module("wv", value);
        visitor.Module("wo", output);
    }
}
