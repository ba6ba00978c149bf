//! new Zoo.TacotronEncoder(30, 16) : ints(30, 2, 9)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>The text side of a Tacotron: a stack of convolutions with batch norm, a bidirectional LSTM, and a post-net that refines the spectrogram.</summary>
public class TacotronEncoder : Module<Tensor, (Tensor encoded, Tensor mel)>
{
    private readonly Embedding embedding;
    private readonly ModuleList<Module<Tensor, Tensor>> convolutions;
    private readonly LSTM lstm;
    private readonly Linear projection;
    private readonly Postnet postnet;

    public TacotronEncoder(int symbols, int width, int mels = 8) : base("TacotronEncoder")
    {
        embedding = Embedding(symbols, width);
        convolutions = new ModuleList<Module<Tensor, Tensor>>();
        for (var i = 0; i < 3; i++)
        {
            convolutions.Add(Sequential(ConvNorm.Make(width, width, kernel_size: 5, w_init_gain: "relu"), BatchNorm1d(width)));
        }

        lstm = LSTM(width, width / 2, numLayers: 1, batchFirst: true, bidirectional: true);
        projection = Linear(width, mels);
        postnet = new Postnet(mels, 16);
        RegisterComponents();
    }

    public override (Tensor encoded, Tensor mel) forward(Tensor text)
    {
        var x = embedding.call(text).transpose(1, 2);
        foreach (var conv in convolutions)
        {
            x = functional.dropout(functional.relu(conv.call(x)), 0.5, training);
        }

        x = x.transpose(1, 2);
        var (outputs, _, _) = lstm.call(x);
        var mel = projection.call(outputs).transpose(1, 2);
        return (outputs, mel + postnet.call(mel));
    }
}

internal static class ConvNorm
{
    public static Conv1d Make(int input, int output, int kernel_size, string w_init_gain = "linear")
    {
        var conv = Conv1d(input, output, kernel_size, padding: (kernel_size - 1) / 2);
        init.xavier_uniform_(conv.weight, gain: w_init_gain == "relu" ? Math.Sqrt(2) : 1.0);
        return conv;
    }
}

internal class Postnet : Module<Tensor, Tensor>
{
    private readonly Sequential[] layers;
    private readonly ModuleList<Sequential> convolutions;

    public Postnet(int mels, int channels) : base("Postnet")
    {
        layers = new[]
        {
            Sequential(ConvNorm.Make(mels, channels, 5, "tanh"), BatchNorm1d(channels)),
            Sequential(ConvNorm.Make(channels, channels, 5, "tanh"), BatchNorm1d(channels)),
            Sequential(ConvNorm.Make(channels, mels, 5), BatchNorm1d(mels)),
        };
        convolutions = ModuleList(layers);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        for (var i = 0; i < convolutions.Count - 1; i++)
        {
            x = functional.dropout(torch.tanh(convolutions[i].call(x)), 0.5, training);
        }

        return functional.dropout(convolutions[^1].call(x), 0.5, training);
    }
}
