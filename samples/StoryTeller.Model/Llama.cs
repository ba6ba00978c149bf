using Reparam;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace StoryTeller;

/// <summary>
/// A decoder-only transformer of the Llama architecture: RMS norms, rotary positions, grouped-query attention, SwiGLU. The token
/// embedding stays in float, because the classifier shares it.
/// </summary>
[ReparamModel]
public sealed partial class Llama : Module<Tensor, KeyValueCache, Tensor>
{
    public Llama(LlamaConfig config) : base(nameof(Llama))
    {
        Config = config;
        var rotary = new RotaryEmbedding(config.HeadDim, config.MaxSequenceLength);

        TokEmbeddings = Embedding(config.VocabularySize, config.Dim);
        Layers = new ModuleList<Block>();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            Layers.Add(new Block(config, layer, rotary));
        }

        Norm = new RmsNorm(config.Dim);
        RegisterComponents();
    }

    /// <summary>The model's sizes.</summary>
    public LlamaConfig Config { get; }

    public partial Embedding TokEmbeddings { get; private set; }

    public partial ModuleList<Block> Layers { get; private set; }

    public partial RmsNorm Norm { get; private set; }

    /// <summary>Reads <paramref name="tokens"/> behind those that <paramref name="cache"/> remembers.</summary>
    /// <param name="tokens">int64 [length].</param>
    /// <param name="cache">The sequence so far; it then holds the new tokens too.</param>
    /// <returns>Logits of each token's successor, [length, vocabulary].</returns>
    public override Tensor forward(Tensor tokens, KeyValueCache cache)
    {
        cache.Reserve(tokens.shape[0]);
        var x = TokEmbeddings.call(tokens);
        foreach (var block in Layers)
        {
            x = block.call(x, cache);
        }

        cache.Advance(tokens.shape[0]);
        return functional.linear(Norm.call(x), TokEmbeddings.weight!);
    }
}
