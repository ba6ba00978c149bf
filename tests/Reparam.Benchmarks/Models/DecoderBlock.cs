using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>One block: attention and a feed-forward network, each added to the residual stream.</summary>
internal sealed class DecoderBlock(DecoderSizes sizes, int layer, Rotary rotary, RegionClock clock) : Module<Tensor, DecoderCache, Tensor>(nameof(DecoderBlock))
{
    private readonly RmsNorm attentionNorm = new(sizes.Width, clock);
    private readonly Attention attention = new(sizes, layer, rotary, clock);
    private readonly RmsNorm feedForwardNorm = new(sizes.Width, clock);
    private readonly FeedForward feedForward = new(sizes, clock);

    /// <summary>[length, width] → the same.</summary>
    public override Tensor Forward(Tensor x, DecoderCache cache)
    {
        x = attention.Call(x, attentionNorm.Call(x), cache);
        return feedForward.Call(x, feedForwardNorm.Call(x));
    }

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("attention_norm", attentionNorm);
        visitor.Module("attention", attention);
        visitor.Module("ffn_norm", feedForwardNorm);
        visitor.Module("feed_forward", feedForward);
    }
}
