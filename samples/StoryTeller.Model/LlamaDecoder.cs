using Reparam.Runtime;

namespace StoryTeller;

/// <summary>Feeds a model one token after the other. The memory of a step serves the next one: a steady loop makes no garbage.</summary>
public sealed class LlamaDecoder : IDisposable
{
    private readonly LlamaRuntime model;
    private readonly KeyValueCacheRuntime cache;
    private readonly float[] logits;
    private readonly long[] token = new long[1];

    /// <param name="model">The model.</param>
    public LlamaDecoder(LlamaRuntime model)
    {
        this.model = model;
        cache = new KeyValueCacheRuntime(model.Config);
        logits = new float[model.Config.VocabularySize];
    }

    /// <summary>Forgets the sequence so far.</summary>
    public void Reset() => cache.Reset();

    /// <summary>Reads one token.</summary>
    /// <returns>Logits of its successor, valid until the next call.</returns>
    public ReadOnlySpan<float> Read(long next)
    {
        using var scope = TensorScope.Open();
        token[0] = next;
        model.Call(Torch.Tensor(token), cache).Span<float>().CopyTo(logits);
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}
