using Reparam;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CharGpt;

/// <summary>A small decoder-only transformer over characters, with learned positions and layer norms before each part.</summary>
[ReparamModel]
public sealed partial class CharTransformer : Module<Tensor, Tensor>
{
    public CharTransformer(CharGptConfig config) : base(nameof(CharTransformer))
    {
        Config = config;
        Characters = Embedding(config.Alphabet.Length, config.Width);
        Positions = Embedding(config.Context, config.Width);
        Blocks = new ModuleList<Block>();
        for (var i = 0; i < config.Layers; i++)
        {
            Blocks.Add(new Block(config.Width, config.Heads));
        }

        Norm = LayerNorm(config.Width);
        Head = Linear(config.Width, config.Alphabet.Length);
        RegisterComponents();
    }

    /// <summary>The model's sizes and alphabet.</summary>
    public CharGptConfig Config { get; }

    public partial Module<Tensor, Tensor> Characters { get; private set; }

    public partial Module<Tensor, Tensor> Positions { get; private set; }

    public partial ModuleList<Block> Blocks { get; private set; }

    public partial Module<Tensor, Tensor> Norm { get; private set; }

    public partial Module<Tensor, Tensor> Head { get; private set; }

    /// <param name="tokens">int64 [batch, length], length at most the context.</param>
    /// <returns>Logits of each character's successor, [batch, length, alphabet].</returns>
    public override Tensor forward(Tensor tokens)
    {
        var x = Characters.call(tokens) + Positions.call(arange(tokens.shape[1]));
        foreach (var block in Blocks)
        {
            x = block.call(x);
        }

        return Head.call(Norm.call(x));
    }
}
