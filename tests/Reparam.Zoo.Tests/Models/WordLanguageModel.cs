//! new Zoo.NextWord("lstm", 40, 12, 12, depth: 2, isTied: true) : ints(40, 3, 7), randn(2, 2, 3, 12)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A recurrent language model: a cell chosen by name out of nullable fields, states as tuples, scores tied to the embedding.</summary>
public class NextWord : Module<Tensor, Tensor, (Tensor scores, Tensor state)>
{
    private readonly string cell;
    private readonly long width;
    private readonly long depth;
    private TorchSharp.Modules.Embedding words;
    private TorchSharp.Modules.Dropout noise;
    private TorchSharp.Modules.LSTM? lstm;
    private TorchSharp.Modules.GRU? gru;
    private TorchSharp.Modules.RNN? elman;
    private TorchSharp.Modules.Linear scorer;

    public NextWord(string cell, long vocabulary, long wordWidth, long width, long depth = 1, bool isTied = false, double drop = 0.3)
        : base(nameof(NextWord))
    {
        (this.cell, this.width, this.depth) = (cell, width, depth);
        words = Embedding(vocabulary, wordWidth);
        noise = Dropout(drop);
        scorer = Linear(width, vocabulary);
        if (cell == "lstm")
        {
            lstm = LSTM(wordWidth, width, numLayers: depth, batchFirst: true, dropout: drop);
        }
        else if (cell == "gru")
        {
            gru = GRU(wordWidth, width, numLayers: depth, batchFirst: true, dropout: drop);
        }
        else if (cell == "elman")
        {
            elman = RNN(wordWidth, width, numLayers: depth, nonLinearity: NonLinearities.Tanh, batchFirst: true, dropout: drop);
        }
        else
        {
            throw new ArgumentOutOfRangeException(nameof(cell), cell, "lstm, gru or elman");
        }

        if (isTied && wordWidth == width)
        {
            scorer.weight = words.weight;
        }
        else if (isTied)
        {
            throw new ArgumentException($"words of {wordWidth} numbers cannot score states of {width}", nameof(isTied));
        }

        init.normal_(words.weight, 0, 0.1);
        init.constant_(scorer.bias, -Math.Log(vocabulary));
        RegisterComponents();
    }

    /// <summary>The state before the first word: [2, depth, batch, width]; the second half is the cells of an LSTM.</summary>
    public Tensor Silence(long batch, Device? device = null) => torch.zeros(new[] { cell == "lstm" ? 2 : 1, depth, batch, width }, device: device);

    public override (Tensor scores, Tensor state) forward(Tensor ids, Tensor state)
    {
        var read = noise.forward(words.forward(ids));
        Tensor heard;
        if (lstm is not null)
        {
            (heard, var hidden, var cells) = lstm.forward(read, (state[0], state[1]));
            state = torch.stack(new[] { hidden, cells });
        }
        else
        {
            (heard, var hidden) = gru is not null ? gru.forward(read, state[0]) : elman!.forward(read, state[0]);
            state = hidden.unsqueeze(0);
        }

        // One row for each word: [batch * length, vocabulary].
        var scores = scorer.forward(noise.forward(heard));
        scores = scores.reshape(-1, scores.shape[scores.dim() - 1]);
        return (torch.nn.functional.log_softmax(scores, dim: 1), state);
    }
}
