using Reparam;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

[assembly: ShiftAdd(4)]

namespace SemanticSearch;

/// <summary>
/// all-MiniLM-L6-v2: a small BERT whose token vectors are averaged into one of length 1, so that the product of two is the likeness of two texts. The
/// names of its fields are those of the checkpoint. All of the model is ordinary TorchSharp: the mark here
/// reaches the classes below, and the attribute of the assembly every layer in them.
/// </summary>
[ReparamModel]
public sealed partial class SentenceEncoder : Module<Tensor, Tensor, Tensor>
{
    private readonly BertEmbeddings embeddings;
    private readonly BertEncoder encoder;

    public SentenceEncoder(BertConfig config) : base(nameof(SentenceEncoder))
    {
        embeddings = new BertEmbeddings(config);
        encoder = new BertEncoder(config);
        RegisterComponents();
    }

    /// <param name="tokens">int64 [batch, length]; any token where there is none.</param>
    /// <param name="mask">float32 [batch, length]: 1 where a token is, 0 where there is none.</param>
    /// <returns>[batch, width], each of length 1.</returns>
    public override Tensor forward(Tensor tokens, Tensor mask)
    {
        var x = encoder.call(embeddings.call(tokens), (1 - mask.unsqueeze(1).unsqueeze(1)) * -10000f);
        var weights = mask.unsqueeze(-1);
        var mean = (x * weights).sum(1) / weights.sum(1);
        return functional.normalize(mean, dim: 1);
    }

    private sealed class BertEncoder : Module<Tensor, Tensor, Tensor>
    {
        private readonly ModuleList<BertLayer> layer = new();

        public BertEncoder(BertConfig config) : base(nameof(BertEncoder))
        {
            for (var i = 0; i < config.Layers; i++)
            {
                layer.Add(new BertLayer(config));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor mask)
        {
            foreach (var block in layer)
            {
                x = block.call(x, mask);
            }

            return x;
        }
    }
}
