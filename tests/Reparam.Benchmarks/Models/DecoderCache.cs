using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>The keys and values of one sequence, [layers][key-value heads, context, head width], written in place.</summary>
internal sealed class DecoderCache
{
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    public DecoderCache(DecoderSizes sizes)
    {
        // Token by token in memory: what one token adds is one stretch.
        Tensor Empty(int layer) => Torch.Zeros(sizes.Context, sizes.KeyValueHeads, sizes.HeadWidth).Transpose(0, 1);
        keys = [.. Enumerable.Range(0, sizes.Layers).Select(Empty)];
        values = [.. Enumerable.Range(0, sizes.Layers).Select(Empty)];
    }

    /// <summary>Number of tokens that every layer has seen; those behind a smaller number are forgotten.</summary>
    public int Position { get; set; }

    /// <summary>Adds the keys and values of new tokens to a layer, and mixes for each the values of the tokens that it may see; all [length, heads·head width].</summary>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value) => FusedOperations.CachedAttention(query, key, value, keys[layer], values[layer], Position);
}
