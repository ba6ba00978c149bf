using Reparam;
using TorchSharp;
using static TorchSharp.torch;

namespace StoryTeller;

/// <summary>What attention remembers of one sequence: the keys and values of every layer, written in place.</summary>
[ReparamModule]
public sealed partial class KeyValueCache : IDisposable
{
    private readonly int capacity;
    private readonly Tensor[] keys;      // [keyValueHeads, capacity, headDim] of each layer
    private readonly Tensor[] values;

    public KeyValueCache(LlamaConfig config)
    {
        capacity = config.MaxSequenceLength;
        keys = new Tensor[config.Layers];
        values = new Tensor[config.Layers];
        for (var layer = 0; layer < config.Layers; layer++)
        {
            // Token by token in memory: what one token adds is one stretch.
            keys[layer] = zeros(capacity, config.KeyValueHeads, config.HeadDim).transpose(0, 1);
            values[layer] = zeros(capacity, config.KeyValueHeads, config.HeadDim).transpose(0, 1);
        }
    }

    /// <summary>Number of tokens that every layer has seen.</summary>
    public long Position { get; private set; }

    /// <summary>Asks for space for new tokens.</summary>
    /// <exception cref="InvalidOperationException">The sequence would exceed the model's longest.</exception>
    public void Reserve(long length)
    {
        if (Position + length > capacity)
        {
            throw new InvalidOperationException($"The sequence would have {Position + length} tokens; the model takes at most {capacity}.");
        }
    }

    /// <summary>Adds the keys and values of new tokens to one layer, and mixes for each the values of the tokens that it may see.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="query">[length, heads·headDim].</param>
    /// <param name="key">[length, keyValueHeads·headDim].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <returns>[length, heads·headDim].</returns>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
    {
        var (length, total) = (query.shape[0], Position + query.shape[0]);
        var (heads, width) = (keys[layer].shape[0], keys[layer].shape[2]);
        keys[layer].narrow(1, Position, length).copy_(key.view(length, heads, width).transpose(0, 1));
        values[layer].narrow(1, Position, length).copy_(value.view(length, heads, -1).transpose(0, 1));

        // The query heads that share a key head are further rows of its product.
        var rows = query.view(length, heads, -1, width).permute(1, 2, 0, 3).reshape(heads, -1, width);
        var scores = matmul(rows, keys[layer].narrow(1, 0, total).transpose(1, 2)) / Math.Sqrt(width);
        var mask = full(length, total, float.NegativeInfinity).triu(Position + 1);
        var weights = nn.functional.softmax(scores.view(heads, -1, length, total) + mask, -1).view(heads, -1, total);
        var mixed = matmul(weights, values[layer].narrow(1, 0, total));                                          // [heads, sharers · length, headDim]
        return mixed.view(heads, -1, length, mixed.shape[2]).permute(2, 0, 1, 3).reshape(length, -1);
    }

    /// <summary>Counts the tokens that every layer has now seen.</summary>
    public void Advance(long length) => Position += length;

    /// <summary>Forgets the sequence; the memory is used again.</summary>
    public void Reset() => Position = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var layer = 0; layer < keys.Length; layer++)
        {
            keys[layer].Dispose();
            values[layer].Dispose();
        }
    }
}
