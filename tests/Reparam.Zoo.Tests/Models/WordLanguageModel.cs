//! new Zoo.WordLanguageModel("LSTM", 50, 16, 16, 2, tie_weights: true) : ints(50, 6, 2), randn(4, 2, 16)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A word language model over LSTM, GRU or RNN, chosen by name; the head may be tied to the embedding.</summary>
public class WordLanguageModel : Module<Tensor, Tensor, (Tensor output, Tensor hidden)>
{
    private TorchSharp.Modules.Dropout drop;
    private TorchSharp.Modules.Embedding encoder;
    private TorchSharp.Modules.Linear decoder;
    private TorchSharp.Modules.GRU rnn_gru;
    private TorchSharp.Modules.LSTM rnn_lstm;
    private TorchSharp.Modules.RNN rnn_plain;
    private readonly string rnn_type;
    private readonly long nhid;
    private readonly long nlayers;

    public WordLanguageModel(string rnn_type, long ntoken, long ninp, long nhid, long nlayers, double dropout = 0.5, bool tie_weights = false)
        : base("WordLanguageModel")
    {
        this.rnn_type = rnn_type;
        this.nhid = nhid;
        this.nlayers = nlayers;
        drop = Dropout(dropout);
        encoder = Embedding(ntoken, ninp);
        switch (rnn_type)
        {
            case "LSTM":
                rnn_lstm = LSTM(ninp, nhid, numLayers: nlayers, dropout: dropout);
                break;
            case "GRU":
                rnn_gru = GRU(ninp, nhid, numLayers: nlayers, dropout: dropout);
                break;
            case "RNN_RELU":
                rnn_plain = RNN(ninp, nhid, numLayers: nlayers, nonLinearity: NonLinearities.ReLU, dropout: dropout);
                break;
            default:
                throw new ArgumentException($"Invalid model type: '{rnn_type}'");
        }

        decoder = Linear(nhid, ntoken);
        if (tie_weights)
        {
            if (nhid != ninp)
                throw new ArgumentException("When using the tied flag, nhid must be equal to emsize");
            decoder.weight = encoder.weight;
        }

        InitWeights();
        RegisterComponents();
    }

    private void InitWeights()
    {
        var initrange = 0.1;
        init.uniform_(encoder.weight, -initrange, initrange);
        init.zeros_(decoder.bias);
        init.uniform_(decoder.weight, -initrange, initrange);
    }

    public override (Tensor output, Tensor hidden) forward(Tensor input, Tensor hidden)
    {
        var emb = drop.forward(encoder.forward(input));
        Tensor output;
        switch (rnn_type)
        {
            case "LSTM":
                var h = hidden[TensorIndex.Slice(0, nlayers)];
                var c = hidden[TensorIndex.Slice(nlayers, null)];
                var (lstm_out, h_n, c_n) = rnn_lstm.forward(emb, (h, c));
                output = lstm_out;
                hidden = torch.cat(new[] { h_n, c_n }, dim: 0);
                break;
            case "GRU":
                (output, hidden) = rnn_gru.forward(emb, hidden);
                break;
            default:
                (output, hidden) = rnn_plain.forward(emb, hidden);
                break;
        }

        output = drop.forward(output);
        var decoded = decoder.forward(output);
        decoded = decoded.view(-1, decoded.shape[decoded.dim() - 1]);
        return (torch.nn.functional.log_softmax(decoded, dim: 1), hidden);
    }

    public Tensor InitHidden(long batchSize, Device device)
    {
        if (rnn_type == "LSTM")
        {
            return torch.zeros(2 * nlayers, batchSize, nhid, device: device);
        }

        return torch.zeros(nlayers, batchSize, nhid, device: device);
    }
}
