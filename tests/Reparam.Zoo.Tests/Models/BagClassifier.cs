//! new Zoo.BagClassifier(60, 16, 4) : ints(60, 3, 8)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Text classification by the mean of word embeddings; offsets are optional.</summary>
public class BagClassifier : Module<Tensor, Tensor?, Tensor>
{
    private EmbeddingBag embedding;
    private Linear fc;

    public BagClassifier(long vocab_size, long embed_dim, long num_class) : base("TextClassification")
    {
        embedding = EmbeddingBag(vocab_size, embed_dim, sparse: false);
        fc = Linear(embed_dim, num_class);
        InitWeights();
        RegisterComponents();
    }

    private void InitWeights()
    {
        var initrange = 0.5;
        init.uniform_(embedding.weight, -initrange, initrange);
        init.uniform_(fc.weight, -initrange, initrange);
        init.zeros_(fc.bias);
    }

    public override Tensor forward(Tensor input, Tensor? offsets = null)
    {
        var t = offsets is null ? embedding.call(input) : embedding.call(input, offsets);
        return fc.call(t);
    }
}
