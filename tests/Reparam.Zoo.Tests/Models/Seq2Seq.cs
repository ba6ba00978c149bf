//! new Zoo.Seq2Seq(40, 50, 16, 24) : ints(40, 5, 2), ints(50, 4, 2)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Translation with GRUs and additive attention; the decoder runs step by step and feeds back what it decoded.</summary>
public class Seq2Seq : Module<Tensor, Tensor, Tensor>
{
    private readonly Seq2SeqEncoder encoder;
    private readonly Seq2SeqDecoder decoder;

    public Seq2Seq(long source, long target, long embedding, long hidden) : base(nameof(Seq2Seq))
    {
        encoder = new Seq2SeqEncoder(source, embedding, hidden);
        decoder = new Seq2SeqDecoder(target, embedding, hidden);
        RegisterComponents();
    }

    public override Tensor forward(Tensor src, Tensor trg)
    {
        var (encoderOutputs, hidden) = encoder.forward(src);
        var steps = (int)trg.shape[0];
        var outputs = new Tensor[steps];
        var input = trg[0];
        for (var t = 0; t < steps; t++)
        {
            Tensor output;
            (output, hidden) = decoder.forward(input, hidden, encoderOutputs);
            outputs[t] = output;
            input = output.argmax(1);
        }

        return stack(outputs);
    }
}

internal class Seq2SeqEncoder : Module<Tensor, (Tensor, Tensor)>
{
    private readonly Embedding embedding;
    private readonly GRU rnn;
    private readonly Linear fc;
    private readonly Dropout dropout = Dropout(0.5);

    public Seq2SeqEncoder(long vocabulary, long embeddingDim, long hidden) : base(nameof(Seq2SeqEncoder))
    {
        embedding = Embedding(vocabulary, embeddingDim);
        rnn = GRU(embeddingDim, hidden, bidirectional: true);
        fc = Linear(hidden * 2, hidden);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor src)
    {
        var embedded = dropout.call(embedding.call(src));
        var (outputs, hidden) = rnn.call(embedded);
        hidden = tanh(fc.call(cat(new[] { hidden[-2], hidden[-1] }, dim: 1)));
        return (outputs, hidden);
    }
}

internal class AdditiveAttention : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear attn;
    private readonly Linear v;

    public AdditiveAttention(long hidden) : base(nameof(AdditiveAttention))
    {
        attn = Linear(hidden * 3, hidden);
        v = Linear(hidden, 1, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor encoderOutputs)
    {
        var length = encoderOutputs.shape[0];
        hidden = hidden.unsqueeze(1).repeat(1, length, 1);
        encoderOutputs = encoderOutputs.permute(1, 0, 2);
        var energy = tanh(attn.call(cat(new[] { hidden, encoderOutputs }, dim: 2)));
        var attention = v.call(energy).squeeze(2);
        return functional.softmax(attention, dim: 1);
    }
}

internal class Seq2SeqDecoder : Module<Tensor, Tensor, Tensor, (Tensor, Tensor)>
{
    private readonly AdditiveAttention attention;
    private readonly Embedding embedding;
    private readonly GRU rnn;
    private readonly Linear fc_out;

    public Seq2SeqDecoder(long vocabulary, long embeddingDim, long hidden) : base(nameof(Seq2SeqDecoder))
    {
        attention = new AdditiveAttention(hidden);
        embedding = Embedding(vocabulary, embeddingDim);
        rnn = GRU(hidden * 2 + embeddingDim, hidden);
        fc_out = Linear(hidden * 3 + embeddingDim, vocabulary);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor input, Tensor hidden, Tensor encoderOutputs)
    {
        input = input.unsqueeze(0);
        var embedded = embedding.call(input);
        var a = attention.call(hidden, encoderOutputs).unsqueeze(1);
        var weighted = bmm(a, encoderOutputs.permute(1, 0, 2)).permute(1, 0, 2);
        var (output, next) = rnn.call(cat(new[] { embedded, weighted }, dim: 2), hidden.unsqueeze(0));
        var prediction = fc_out.call(cat(new[] { output.squeeze(0), weighted.squeeze(0), embedded.squeeze(0) }, dim: 1));
        return (prediction, next.squeeze(0));
    }
}
