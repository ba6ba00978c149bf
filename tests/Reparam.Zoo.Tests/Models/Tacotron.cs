//! new Zoo.SpokenText(31, 16) : ints(31, 2, 9)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// The two ends of Tacotron 2 (Shen et al., 2018): letters read by convolutions and an LSTM, and a spectrogram that convolutions refine.
/// Kinds: a static class that makes layers and sets their weights, an array of Sequentials in a field of its own beside the list that holds it, a list of
/// the base type, LSTM both ways with three outputs, functional dropout by the training flag, an index from the end of a list.
/// </summary>
public class SpokenText : Module<Tensor, (Tensor letters, Tensor spectrum)>
{
    private readonly Embedding letters;
    private readonly ModuleList<Module<Tensor, Tensor>> neighbours;
    private readonly LSTM around;
    private readonly Linear bands;
    private readonly Refine refine;

    public SpokenText(int alphabet, int width, int bands = 10) : base(nameof(SpokenText))
    {
        refine = new Refine(bands, 16);
        this.bands = Linear(width, bands);
        around = LSTM(width, width / 2, numLayers: 1, batchFirst: true, bidirectional: true);
        neighbours = new ModuleList<Module<Tensor, Tensor>>();
        foreach (var window in new[] { 5, 5, 3 })
        {
            neighbours.Add(Sequential(Started.Convolution(width, width, window: window, before: "relu"), BatchNorm1d(width)));
        }

        letters = Embedding(alphabet, width);
        RegisterComponents();
    }

    public override (Tensor letters, Tensor spectrum) forward(Tensor text)
    {
        var x = letters.call(text).transpose(1, 2);
        foreach (var neighbour in neighbours)
        {
            var seen = functional.relu(neighbour.call(x));
            x = functional.dropout(seen, 0.5, training);
        }

        var (read, _, _) = around.call(x.transpose(1, 2));
        var rough = bands.call(read).transpose(1, 2);
        return (read, refine.call(rough) + rough);
    }
}

internal static class Started
{
    public static Conv1d Convolution(int from, int to, int window, string before = "nothing")
    {
        var gain = before switch { "relu" => Math.Sqrt(2), "tanh" => 5.0 / 3, _ => 1.0 };
        var convolution = Conv1d(from, to, window, padding: window / 2);
        init.xavier_uniform_(convolution.weight, gain: gain);
        return convolution;
    }
}

internal class Refine : Module<Tensor, Tensor>
{
    private readonly Sequential[] steps;
    private readonly ModuleList<Sequential> convolutions;

    public Refine(int bands, int wide) : base(nameof(Refine))
    {
        steps = new[]
        {
            Sequential(Started.Convolution(bands, wide, 5, "tanh"), BatchNorm1d(wide)),
            Sequential(Started.Convolution(wide, wide, 5, "tanh"), BatchNorm1d(wide)),
            Sequential(Started.Convolution(wide, bands, 5), BatchNorm1d(bands)),
        };
        convolutions = ModuleList(steps);
        RegisterComponents();
    }

    public override Tensor forward(Tensor rough)
    {
        var x = rough;
        for (var i = 0; i + 1 < convolutions.Count; i++)
        {
            var bent = torch.tanh(convolutions[i].call(x));
            x = functional.dropout(bent, 0.5, training);
        }

        return functional.dropout(convolutions[^1].call(x), 0.5, training);
    }
}
