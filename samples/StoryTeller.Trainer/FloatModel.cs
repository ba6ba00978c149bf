using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace StoryTeller.Trainer;

/// <summary>The float model under TorchSharp, reading one sequence at a time.</summary>
public sealed class FloatModel : IDisposable
{
    private readonly KeyValueCache cache;

    /// <summary>Loads a dense checkpoint.</summary>
    /// <param name="path">A safetensors file with the model's sizes in its metadata.</param>
    public FloatModel(string path)
    {
        var config = LlamaRuntime.Load(path).Config;
        Llama = new Llama(config);
        Llama.LoadSafetensors(path);
        cache = new KeyValueCache(config);
    }

    /// <summary>The model.</summary>
    public Llama Llama { get; }

    /// <summary>Logits of each token's successor, [length, vocabulary].</summary>
    public Tensor Logits(long[] tokens)
    {
        cache.Reset();
        return Llama.call(tensor(tokens), cache);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Llama.Dispose();
        cache.Dispose();
    }
}
