using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>Causal grouped-query attention with rotary positions (Ainslie et al. 2023, arXiv 2305.13245).</summary>
internal sealed class Attention(DecoderSizes sizes, int layer, Rotary rotary, RegionClock clock) : Module<Tensor, Tensor, DecoderCache, Tensor>(nameof(Attention))
{
    private readonly Linear query = Nn.Linear(sizes.Width, sizes.Width, hasBias: false);
    private readonly Linear key = Nn.Linear(sizes.Width, sizes.KeyValueWidth, hasBias: false);
    private readonly Linear value = Nn.Linear(sizes.Width, sizes.KeyValueWidth, hasBias: false);
    private readonly Linear output = Nn.Linear(sizes.Width, sizes.Width, hasBias: false);

    /// <summary>[length, width] twice → residual + what attention gives.</summary>
    public override Tensor Forward(Tensor residual, Tensor x, DecoderCache cache)
    {
        clock.Enter(Region.PackedProducts);
        var (q, k, v) = FusedOperations.CallAll(x, query, key, value);
        clock.Enter(Region.Rotary);
        (q, k) = (rotary.Turn(q, cache.Position), rotary.Turn(k, cache.Position));
        clock.Enter(Region.Attention);
        var mixed = cache.Attend(layer, q, k, v);
        clock.Enter(Region.PackedProducts);
        return FusedOperations.AddTo(residual, output, mixed);
    }

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("wq", query);
        visitor.Module("wk", key);
        visitor.Module("wv", value);
        visitor.Module("wo", output);
    }
}
