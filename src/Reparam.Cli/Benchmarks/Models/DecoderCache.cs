using Reparam.Runtime;

namespace Reparam.Cli.Benchmarks.Models;

/// <summary>The keys and values of one sequence, [layers][key-value heads, context, head width], written in place.</summary>
internal sealed class DecoderCache
{
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    public DecoderCache(DecoderSizes sizes)
    {
        keys = [.. Enumerable.Range(0, sizes.Layers).Select(_ => Torch.Zeros(sizes.KeyValueHeads, sizes.Context, sizes.HeadWidth))];
        values = [.. keys.Select(each => Torch.ZerosLike(each))];
    }

    /// <summary>Number of tokens that every layer has seen; those behind a smaller number are forgotten.</summary>
    public int Position { get; set; }

    /// <summary>Adds new keys and values, [length, key-value heads, head width], and gives all of the layer, [key-value heads, position + length, head width].</summary>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var length = key.Shape[0];
        keys[layer].Narrow(1, Position, length).Copy_(key.Transpose(0, 1));
        values[layer].Narrow(1, Position, length).Copy_(value.Transpose(0, 1));
        return (keys[layer].Narrow(1, 0, Position + length), values[layer].Narrow(1, 0, Position + length));
    }
}
