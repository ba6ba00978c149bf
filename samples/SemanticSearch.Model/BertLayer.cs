using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SemanticSearch;

/// <summary>A block of BERT (Devlin et al. 2019, arXiv 1810.04805): attention, then a feed-forward network with GELU.</summary>
public sealed class BertLayer : Module<Tensor, Tensor, Tensor>
{
    private readonly BertAttention attention;
    private readonly BertIntermediate intermediate;
    private readonly ResidualNorm output;

    public BertLayer(BertConfig config) : base(nameof(BertLayer))
    {
        attention = new BertAttention(config);
        intermediate = new BertIntermediate(config);
        output = new ResidualNorm(config.Hidden, config.Width);
        RegisterComponents();
    }

    /// <param name="x">[batch, length, width].</param>
    /// <param name="mask">[batch, 1, 1, length].</param>
    /// <returns>[batch, length, width].</returns>
    public override Tensor forward(Tensor x, Tensor mask)
    {
        x = attention.call(x, mask);
        return output.call(intermediate.call(x), x);
    }

    private sealed class BertAttention : Module<Tensor, Tensor, Tensor>
    {
        private readonly BertSelfAttention self;
        private readonly ResidualNorm output;

        public BertAttention(BertConfig config) : base(nameof(BertAttention))
        {
            self = new BertSelfAttention(config);
            output = new ResidualNorm(config.Width, config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor mask) => output.call(self.call(x, mask), x);
    }

    private sealed class BertIntermediate : Module<Tensor, Tensor>
    {
        private readonly Linear dense;

        public BertIntermediate(BertConfig config) : base(nameof(BertIntermediate))
        {
            dense = Linear(config.Width, config.Hidden);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => functional.gelu(dense.call(x));
    }
}
