using Reparam;
using TorchSharp;
using static TorchSharp.torch;

namespace StoryTeller;

/// <summary>What attention remembers of one sequence: the keys and values of every layer, written in place.</summary>
[ReparamModule]
public sealed partial class KeyValueCache : IDisposable
{
    private readonly int capacity;
    private readonly Tensor keys;      // [layers, keyValueHeads, capacity, headDim]
    private readonly Tensor values;

    public KeyValueCache(LlamaConfig config)
    {
        capacity = config.MaxSequenceLength;
        keys = zeros(config.Layers, config.KeyValueHeads, capacity, config.HeadDim);
        values = zeros(config.Layers, config.KeyValueHeads, capacity, config.HeadDim);
    }

    /// <summary>Number of tokens that every layer has seen.</summary>
    public long Position { get; private set; }

    /// <summary>Asks for room for new tokens.</summary>
    /// <exception cref="InvalidOperationException">The sequence would exceed the model's longest.</exception>
    public void Reserve(long length)
    {
        if (Position + length > capacity)
        {
            throw new InvalidOperationException($"The sequence would have {Position + length} tokens; the model takes at most {capacity}.");
        }
    }

    /// <summary>Adds the keys and values of new tokens to one layer.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="key">[length, keyValueHeads, headDim].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <returns>All keys and values of the layer, [keyValueHeads, position + length, headDim].</returns>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var length = key.shape[0];
        var total = Position + length;
        var layerKeys = keys.select(0, layer);
        var layerValues = values.select(0, layer);
        layerKeys.narrow(1, Position, length).copy_(key.transpose(0, 1));
        layerValues.narrow(1, Position, length).copy_(value.transpose(0, 1));
        return (layerKeys.narrow(1, 0, total), layerValues.narrow(1, 0, total));
    }

    /// <summary>Counts the tokens that every layer has now seen.</summary>
    public void Advance(long length) => Position += length;

    /// <summary>Forgets the sequence; the memory is used again.</summary>
    public void Reset() => Position = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        keys.Dispose();
        values.Dispose();
    }
}
