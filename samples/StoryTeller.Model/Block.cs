using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace StoryTeller;

/// <summary>One transformer block: attention and a feed-forward network, each added to the residual stream.</summary>
[ReparamModule]
public sealed partial class Block : Module<Tensor, KeyValueCache, Tensor>
{
    public Block(LlamaConfig config, int layer, RotaryEmbedding rotary) : base(nameof(Block))
    {
        AttentionNorm = new RmsNorm(config.Dim);
        Attention = new Attention(config, layer, rotary);
        FfnNorm = new RmsNorm(config.Dim);
        FeedForward = new FeedForward(config.Dim, config.HiddenDim);
        RegisterComponents();
    }

    public partial RmsNorm AttentionNorm { get; private set; }

    public partial Attention Attention { get; private set; }

    public partial RmsNorm FfnNorm { get; private set; }

    public partial FeedForward FeedForward { get; private set; }

    /// <param name="x">[length, dim].</param>
    /// <param name="cache">Keys and values of the tokens before.</param>
    /// <returns>[length, dim].</returns>
    public override Tensor forward(Tensor x, KeyValueCache cache)
    {
        x = x + Attention.call(AttentionNorm.call(x), cache);
        return x + FeedForward.call(FfnNorm.call(x));
    }
}
