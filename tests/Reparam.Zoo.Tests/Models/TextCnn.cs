//! new Zoo.PhraseWindows(words: 91, size: 15, topics: 4) : ints(91, 3, 12)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Convolutions over phrases of several lengths (Kim, 2014).
/// Kinds: a parameter with the name of a field, an array that may be null, a list of convolutions whose windows are tuples, Select over that list with a
/// captured local in the forward, pooling as wide as the tensor, a static method that gets a layer.
/// </summary>
public sealed class PhraseWindows : Module<Tensor, Tensor>
{
    private readonly Embedding words;
    private readonly ModuleList<Conv2d> phrases;
    private readonly Dropout forget = Dropout(0.5);
    private readonly Linear topics;

    public PhraseWindows(int words, int size, int topics, int[] lengths = null, int each = 9) : base(nameof(PhraseWindows))
    {
        lengths ??= new[] { 2, 3, 5 };
        this.topics = Linear(lengths.Length * each, topics);
        this.words = Embedding(words, size);
        phrases = new ModuleList<Conv2d>(lengths.Select(length => Conv2d(1, each, (length, size))).ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor text)
    {
        // As a picture of one channel, a word in each row.
        var picture = words.forward(text).unsqueeze(1);
        var strongest = phrases.Select(phrase => Strongest(phrase, picture)).ToList();
        return topics.forward(forget.forward(cat(strongest, 1)));
    }

    private static Tensor Strongest(Conv2d phrase, Tensor picture)
    {
        var found = functional.relu(phrase.forward(picture).squeeze(3));
        return functional.max_pool1d(found, found.shape[2]).squeeze(2);
    }
}
