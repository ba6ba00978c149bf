using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// Parts of a transformer that are one kernel in the run-time library. Here they are what they stand for: several TorchSharp operations, differentiable and
/// seen by hooks. A model that calls them trains as if it had written the operations out, and its twin runs faster.
/// </summary>
public static class FusedOperations
{
    /// <summary>Root-mean-square normalization of the last dimension (Zhang and Sennrich 2019, arXiv 1910.07467): x / √(mean(x²) + ε) ⊙ weight.</summary>
    /// <param name="x">[…, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[…, width].</returns>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double eps = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * rsqrt(x.square().mean([-1], keepdim: true) + eps) * weight;
    }

    /// <summary>
    /// Rotary positions (Su et al. 2021, arXiv 2104.09864), neighbouring features paired: features 2j and 2j + 1 of each head turn by angle j of their token.
    /// </summary>
    /// <param name="x">[…, length, heads·d].</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">[positions, d / 2].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[…, length, heads·d].</returns>
    public static Tensor RotateNeighbours(Tensor x, Tensor cos, Tensor sin, long position = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(cos);
        ArgumentNullException.ThrowIfNull(sin);
        var pairs = Heads(x, [-1, cos.shape[1], 2]);                                     // […, length, heads, d / 2, 2]
        var (even, odd) = Turn(pairs.select(-1, 0), pairs.select(-1, 1), cos, sin, position);
        return stack([even, odd], -1).view(x.shape);
    }

    /// <summary>Rotary positions, halves paired: features j and j + d/2 of each head turn by angle j of their token.</summary>
    /// <param name="x">[…, length, heads·d].</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">[positions, d / 2].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[…, length, heads·d].</returns>
    public static Tensor RotateHalves(Tensor x, Tensor cos, Tensor sin, long position = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(cos);
        ArgumentNullException.ThrowIfNull(sin);
        var halves = Heads(x, [-1, 2, cos.shape[1]]);                                    // […, length, heads, 2, d / 2]
        var (first, second) = Turn(halves.select(-2, 0), halves.select(-2, 1), cos, sin, position);
        return cat([first, second], -1).view(x.shape);
    }

    /// <summary>
    /// Causal grouped-query attention of new tokens (Ainslie et al. 2023, arXiv 2305.13245): adds their keys and values to the cache, then mixes the values
    /// of the tokens that each may see.
    /// </summary>
    /// <param name="query">[length, heads·d]; heads is a multiple of the cache's.</param>
    /// <param name="key">[length, keyHeads·d].</param>
    /// <param name="value">[length, keyHeads·e].</param>
    /// <param name="key_cache">[keyHeads, capacity, d]; rows from <paramref name="position"/> on are written.</param>
    /// <param name="value_cache">[keyHeads, capacity, e]; rows from <paramref name="position"/> on are written.</param>
    /// <param name="position">Number of tokens that the cache holds.</param>
    /// <returns>[length, heads·e].</returns>
    public static Tensor CachedAttention(Tensor query, Tensor key, Tensor value, Tensor key_cache, Tensor value_cache, long position)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key_cache);
        ArgumentNullException.ThrowIfNull(value_cache);
        var (length, keyHeads, width) = (query.shape[0], key_cache.shape[0], key_cache.shape[2]);
        var total = position + length;
        key_cache.narrow(1, position, length).copy_(key.view(length, keyHeads, width).transpose(0, 1));
        value_cache.narrow(1, position, length).copy_(value.view(length, keyHeads, -1).transpose(0, 1));
        var keys = key_cache.narrow(1, 0, total);                                           // [keyHeads, total, d]
        var values = value_cache.narrow(1, 0, total);

        // The query heads that share a key head become further rows of its matrix product.
        var rows = query.view(length, keyHeads, -1, width).permute(1, 2, 0, 3);             // [keyHeads, sharers, length, d]
        var sharers = rows.shape[1];
        var scores = matmul(rows.reshape(keyHeads, -1, width), keys.transpose(1, 2)) / Math.Sqrt(width);
        if (length > 1)
        {
            var mask = full(length, total, float.NegativeInfinity, device: query.device).triu(position + 1);
            scores = (scores.view(keyHeads, sharers, length, total) + mask).view(keyHeads, -1, total);
        }

        var mixed = matmul(functional.softmax(scores, -1), values);                         // [keyHeads, sharers·length, e]
        return mixed.view(keyHeads, sharers, length, -1).permute(2, 0, 1, 3).reshape(length, -1);
    }

    /// <summary>silu(gate) ⊙ up (Shazeer 2020, arXiv 2002.05202).</summary>
    /// <param name="gate">[…].</param>
    /// <param name="up">[…].</param>
    public static Tensor SwiGlu(Tensor gate, Tensor up) => functional.silu(gate) * up;

    /// <summary>silu(gate(x)) ⊙ up(x).</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="gate">A layer.</param>
    /// <param name="up">A layer with outputs of the same shape.</param>
    public static Tensor SwiGlu(Tensor x, Module<Tensor, Tensor> gate, Module<Tensor, Tensor> up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        return SwiGlu(gate.call(x), up.call(x));
    }

    /// <summary>The outputs of three layers of the same input, as query, key and value are.</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="first">A layer.</param>
    /// <param name="second">Another one.</param>
    /// <param name="third">And another one.</param>
    /// <returns>[…, out] of each.</returns>
    public static (Tensor First, Tensor Second, Tensor Third) CallAll(
        Tensor x, Module<Tensor, Tensor> first, Module<Tensor, Tensor> second, Module<Tensor, Tensor> third)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        return (first.call(x), second.call(x), third.call(x));
    }

    /// <summary>residual + layer(x).</summary>
    /// <param name="residual">Of the shape of the layer's output.</param>
    /// <param name="layer">A layer.</param>
    /// <param name="x">Its input.</param>
    public static Tensor AddTo(Tensor residual, Module<Tensor, Tensor> layer, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return residual + layer.call(x);
    }

    // Cuts the last dimension.
    private static Tensor Heads(Tensor x, long[] sizes) => x.reshape([.. x.shape[..^1], .. sizes]);

    // Turns pairs [..., length, heads, d / 2].
    private static (Tensor First, Tensor Second) Turn(Tensor first, Tensor second, Tensor cos, Tensor sin, long position)
    {
        var length = first.shape[^3];
        var c = cos.narrow(0, position, length).unsqueeze(1);
        var s = sin.narrow(0, position, length).unsqueeze(1);
        return (first * c - second * s, first * s + second * c);
    }
}
