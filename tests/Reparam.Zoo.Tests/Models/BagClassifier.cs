//! new Zoo.BagOfWords(words: 61, size: 15, topics: 5) : ints(61, 3, 8)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A linear classifier over the mean of word vectors (Joulin et al., 2016).
/// Kinds: EmbeddingBag with and without offsets, an optional second input, fields that are not read-only, weights set by a method of init calls.
/// </summary>
public class BagOfWords : Module<Tensor, Tensor?, Tensor>
{
    private EmbeddingBag vectors;
    private Linear topics;

    public BagOfWords(long words, long size, long topics) : base("Bag of words")
    {
        this.vectors = EmbeddingBag(words, size, mode: EmbeddingBagMode.Mean, sparse: false);
        this.topics = Linear(size, topics);
        this.RegisterComponents();
        this.StartSmall(bound: 0.4);
    }

    private void StartSmall(double bound)
    {
        init.uniform_(vectors.weight, low: -bound, high: bound);
        init.uniform_(topics.weight, low: -bound, high: bound);
        init.zeros_(topics.bias);
    }

    public override Tensor forward(Tensor words, Tensor? offsets = null)
    {
        // Rows of equal length need no offsets.
        Tensor mean;
        if (offsets is null)
            mean = vectors.call(words);
        else
            mean = vectors.call(words, offsets);
        return topics.call(mean);
    }
}
