using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace StoryTeller;

/// <summary>Causal grouped-query attention with rotary positions (Ainslie et al. 2023, arXiv 2305.13245).</summary>
[ReparamModule, ShiftAdd(4, Layout = ShiftAddLayout.Nested)]
public sealed partial class Attention : Module<Tensor, KeyValueCache, Tensor>
{
    private readonly int layer;
    private readonly RotaryEmbedding rotary;

    public Attention(LlamaConfig config, int layer, RotaryEmbedding rotary) : base(nameof(Attention))
    {
        this.layer = layer;
        this.rotary = rotary;
        Wq = Linear(config.Dim, config.Heads * config.HeadDim, hasBias: false);
        Wk = Linear(config.Dim, config.KeyValueHeads * config.HeadDim, hasBias: false);
        Wv = Linear(config.Dim, config.KeyValueHeads * config.HeadDim, hasBias: false);
        Wo = Linear(config.Heads * config.HeadDim, config.Dim, hasBias: false);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Wq { get; private set; }

    public partial Module<Tensor, Tensor> Wk { get; private set; }

    public partial Module<Tensor, Tensor> Wv { get; private set; }

    public partial Module<Tensor, Tensor> Wo { get; private set; }

    /// <param name="x">The input, [length, dim].</param>
    /// <param name="cache">Keys and values of the tokens before; this layer's are added.</param>
    /// <returns>[length, dim].</returns>
    public override Tensor forward(Tensor x, KeyValueCache cache)
    {
        var query = Wq.call(x);
        var key = Wk.call(x);
        var value = Wv.call(x);
        query = rotary.Rotate(query, cache.Position);
        key = rotary.Rotate(key, cache.Position);
        return Wo.call(cache.Attend(layer, query, key, value));
    }
}
