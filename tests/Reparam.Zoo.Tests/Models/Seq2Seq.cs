//! new Zoo.Translator(41, 53, 15, 22) : ints(41, 5, 2), ints(53, 4, 2)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Translation by recurrent networks that look back at the source (Bahdanau et al., 2015).
/// Kinds: modules of three inputs and two outputs, GRU one-way and both ways with a first state, indices from the end of a tensor, a tuple assigned to an
/// element and a variable, an array of tensors filled in a loop and stacked, argmax fed back, bmm.
/// </summary>
public class Translator : Module<Tensor, Tensor, Tensor>
{
    private readonly Reader reader;
    private readonly Writer writer;

    public Translator(long source, long target, long size, long hidden) : base(nameof(Translator))
    {
        writer = new Writer(target, size, hidden);
        reader = new Reader(source, size, hidden);
        RegisterComponents();
    }

    public override Tensor forward(Tensor source, Tensor target)
    {
        var (notes, state) = reader.forward(source);
        var written = new Tensor[target.shape[0]];
        var word = target[0];
        for (var place = 0; place < written.Length; word = written[place++].argmax(1))
        {
            (written[place], state) = writer.forward(word, state, notes);
        }

        return stack(written);
    }
}

internal class Reader : Module<Tensor, (Tensor, Tensor)>
{
    private readonly Embedding words;
    private readonly GRU both;
    private readonly Linear join;
    private readonly Dropout forget = Dropout(0.5);

    public Reader(long vocabulary, long size, long hidden) : base(nameof(Reader))
    {
        join = Linear(2 * hidden, hidden);
        both = GRU(size, hidden, bidirectional: true);
        words = Embedding(vocabulary, size);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor text)
    {
        var (notes, ends) = both.call(forget.call(words.call(text)));

        // The last states of both directions.
        var end = cat(new[] { ends[-2], ends[-1] }, dim: 1);
        return (notes, tanh(join.call(end)));
    }
}

internal class LookBack : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear compare;
    private readonly Linear weigh;

    public LookBack(long hidden) : base(nameof(LookBack))
    {
        weigh = Linear(hidden, 1, hasBias: false);
        compare = Linear(3 * hidden, hidden);
        RegisterComponents();
    }

    public override Tensor forward(Tensor state, Tensor notes)
    {
        var everywhere = state.unsqueeze(1).repeat(1, notes.shape[0], 1);
        var compared = compare.call(cat(new[] { everywhere, notes.permute(1, 0, 2) }, dim: 2));
        var fit = weigh.call(tanh(compared));
        return functional.softmax(fit.squeeze(2), dim: 1);
    }
}

internal class Writer : Module<Tensor, Tensor, Tensor, (Tensor, Tensor)>
{
    private readonly Embedding words;
    private readonly LookBack look;
    private readonly GRU step;
    private readonly Linear speak;

    public Writer(long vocabulary, long size, long hidden) : base(nameof(Writer))
    {
        speak = Linear(size + 3 * hidden, vocabulary);
        step = GRU(size + 2 * hidden, hidden);
        words = Embedding(vocabulary, size);
        look = new LookBack(hidden);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor word, Tensor state, Tensor notes)
    {
        var vector = words.call(word.unsqueeze(0));
        var shares = look.call(state, notes);
        var found = bmm(shares.unsqueeze(1), notes.permute(1, 0, 2)).transpose(0, 1);
        var known = cat(new[] { vector, found }, dim: 2);
        var (now, next) = step.call(known, state.unsqueeze(0));
        var scores = speak.call(cat(new[] { now, known }, dim: 2).squeeze(0));
        return (scores, next[0]);
    }
}
