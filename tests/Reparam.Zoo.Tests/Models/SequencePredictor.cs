//! new Zoo.SequencePredictor("sequence") : randn(2, 7)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Two stacked LSTM cells that predict the continuation of a series step by step.</summary>
public class SequencePredictor : Module<Tensor, int, Tensor>
{
    private LSTMCell lstm1;
    private LSTMCell lstm2;
    private Linear linear;

    public SequencePredictor(string name, Device device = null) : base(name)
    {
        lstm1 = LSTMCell(1, 16);
        lstm2 = LSTMCell(16, 16);
        linear = Linear(16, 1);
        RegisterComponents();

        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    public override Tensor forward(Tensor input, int future = 2)
    {
        var outputs = new List<Tensor>();
        var batchSize = input.shape[0];
        var h_t = torch.zeros(batchSize, 16, dtype: torch.float32, device: input.device);
        var c_t = torch.zeros(batchSize, 16, dtype: torch.float32, device: input.device);
        var h_t2 = torch.zeros(batchSize, 16, dtype: torch.float32, device: input.device);
        var c_t2 = torch.zeros(batchSize, 16, dtype: torch.float32, device: input.device);
        Tensor output = null;
        foreach (var input_t in input.split(1, dim: 1))
        {
            (h_t, c_t) = lstm1.forward(input_t, (h_t, c_t));
            (h_t2, c_t2) = lstm2.forward(h_t, (h_t2, c_t2));
            output = linear.forward(h_t2);
            outputs.Add(output);
        }

        for (int i = 0; i < future; i++)
        {
            (h_t, c_t) = lstm1.forward(output, (h_t, c_t));
            (h_t2, c_t2) = lstm2.forward(h_t, (h_t2, c_t2));
            output = linear.forward(h_t2);
            outputs.Add(output);
        }

        return torch.cat(outputs, dim: 1);
    }
}
