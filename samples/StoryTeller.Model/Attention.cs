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
    private readonly int keyValueHeads;
    private readonly int queriesPerKey;
    private readonly int headDim;
    private readonly RotaryEmbedding rotary;

    public Attention(LlamaConfig config, int layer, RotaryEmbedding rotary) : base(nameof(Attention))
    {
        this.layer = layer;
        this.rotary = rotary;
        keyValueHeads = config.KeyValueHeads;
        queriesPerKey = config.Heads / config.KeyValueHeads;
        headDim = config.HeadDim;

        Wq = Linear(config.Dim, config.Heads * headDim, hasBias: false);
        Wk = Linear(config.Dim, keyValueHeads * headDim, hasBias: false);
        Wv = Linear(config.Dim, keyValueHeads * headDim, hasBias: false);
        Wo = Linear(config.Heads * headDim, config.Dim, hasBias: false);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Wq { get; private set; }

    public partial Module<Tensor, Tensor> Wk { get; private set; }

    public partial Module<Tensor, Tensor> Wv { get; private set; }

    public partial Module<Tensor, Tensor> Wo { get; private set; }

    /// <param name="x">[length, dim].</param>
    /// <param name="cache">Keys and values of the tokens before; this layer's are added.</param>
    /// <returns>[length, dim].</returns>
    public override Tensor forward(Tensor x, KeyValueCache cache)
    {
        var length = x.shape[0];
        var query = rotary.Rotate(Wq.call(x).view(length, keyValueHeads * queriesPerKey, headDim), cache.Position);
        var key = rotary.Rotate(Wk.call(x).view(length, keyValueHeads, headDim), cache.Position);
        var value = Wv.call(x).view(length, keyValueHeads, headDim);
        var (keys, values) = cache.Append(layer, key, value);                        // [keyValueHeads, total, headDim]
        var total = keys.shape[1];

        // The query heads that share a key head become further rows of its matrix product.
        query = query.view(length, keyValueHeads, queriesPerKey, headDim).permute(1, 2, 0, 3)
            .reshape(keyValueHeads, queriesPerKey * length, headDim);
        var scores = matmul(query, keys.transpose(1, 2)) / Math.Sqrt(headDim);       // [keyValueHeads, queriesPerKey·length, total]
        if (length > 1)
        {
            scores = (scores.view(keyValueHeads, queriesPerKey, length, total) + CausalMask(length, total))
                .view(keyValueHeads, queriesPerKey * length, total);
        }

        var mixed = matmul(functional.softmax(scores, -1), values);                  // [keyValueHeads, queriesPerKey·length, headDim]
        return Wo.call(mixed.view(keyValueHeads, queriesPerKey, length, headDim).permute(2, 0, 1, 3).reshape(length, -1));
    }

    /// <summary>[length, total]: minus infinity where a token would see one behind itself, else 0.</summary>
    private static Tensor CausalMask(long length, long total)
    {
        return full(length, total, float.NegativeInfinity).triu(total - length + 1);
    }
}
