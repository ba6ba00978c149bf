using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CharGpt;

/// <summary>One transformer block: attention and a feed-forward network, each added to the residual stream.</summary>
[ReparamModule]
public sealed partial class Block : Module<Tensor, Tensor>
{
    public Block(int width, int heads) : base(nameof(Block))
    {
        AttentionNorm = LayerNorm(width);
        Attention = new Attention(width, heads);
        FeedForwardNorm = LayerNorm(width);
        FeedForward = new FeedForward(width);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> AttentionNorm { get; private set; }

    public partial Attention Attention { get; private set; }

    public partial Module<Tensor, Tensor> FeedForwardNorm { get; private set; }

    public partial FeedForward FeedForward { get; private set; }

    /// <param name="x">[batch, length, width].</param>
    /// <returns>[batch, length, width].</returns>
    public override Tensor forward(Tensor x)
    {
        x = x + Attention.call(AttentionNorm.call(x));
        return x + FeedForward.call(FeedForwardNorm.call(x));
    }
}
