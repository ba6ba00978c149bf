//! new Zoo.SeriesPredictor("series") : randn(3, 7)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Two LSTM cells (Hochreiter and Schmidhuber, 1997), one on the other, that continue a series.
/// Kinds: recurrent cells with a tuple as state that is assigned to itself, an int as second input with a default, a loop over split, a tensor that
/// starts as null, zeros with a type and a device, a list of tensors joined at the end, a local
/// function that writes the variables around it.
/// </summary>
public class SeriesPredictor : Module<Tensor, int, Tensor>
{
    private const int Width = 19;

    private LSTMCell lower;
    private LSTMCell upper;
    private Linear read;

    public SeriesPredictor(string name, Device device = null) : base(name)
    {
        read = Linear(Width, 1);
        upper = LSTMCell(Width, Width);
        lower = LSTMCell(1, Width);
        RegisterComponents();
        if (device?.type == DeviceType.CUDA)
            this.to(device);
    }

    public override Tensor forward(Tensor series, int ahead = 3)
    {
        Tensor Nothing() => torch.zeros(series.shape[0], Width, dtype: torch.float32, device: series.device);

        var (below, belowCell) = (Nothing(), Nothing());
        var (above, aboveCell) = (Nothing(), Nothing());
        var told = new List<Tensor>();
        Tensor next = null;
        foreach (var value in series.split(1, dim: 1))
        {
            next = Step(value);
        }

        // What was told last is taken for true.
        while (ahead-- > 0)
        {
            next = Step(next);
        }

        return torch.cat(told, dim: 1);

        Tensor Step(Tensor value)
        {
            (below, belowCell) = lower.forward(value, (below, belowCell));
            (above, aboveCell) = upper.forward(below, (above, aboveCell));
            told.Add(read.forward(above));
            return told[^1];
        }
    }
}
