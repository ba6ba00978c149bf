//! new Zoo.WaveNet(layers: 3, channels: 12) : randn(1, 1, 40)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>WaveNet: causal dilated convolutions, gates, skips that are summed.</summary>
public class WaveNet : Module<Tensor, Tensor>
{
    private readonly CausalConv1d causal;
    private readonly ModuleList<GatedResidual> blocks = new();
    private readonly Sequential output;

    public WaveNet(int layers, int channels, int classes = 16) : base(nameof(WaveNet))
    {
        causal = new CausalConv1d(1, channels, 2, 1);
        for (int i = 0; i < layers; i++)
        {
            blocks.Add(new GatedResidual(channels, dilation: 1 << i));
        }

        output = Sequential(ReLU(), Conv1d(channels, channels, 1L), ReLU(), Conv1d(channels, classes, 1L));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = causal.call(x);
        Tensor? skips = null;
        foreach (var block in blocks)
        {
            (x, var skip) = block.call(x);
            skips = skips is null ? skip : skips + skip;
        }

        return output.call(skips!);
    }
}

public class CausalConv1d : Module<Tensor, Tensor>
{
    private readonly Conv1d conv;
    private readonly long left;

    public CausalConv1d(int input, int output, int kernel, int dilation) : base(nameof(CausalConv1d))
    {
        left = (kernel - 1) * dilation;
        conv = Conv1d(input, output, kernel, dilation: dilation);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv.call(functional.pad(x, (left, 0L)));
}

public class GatedResidual : Module<Tensor, (Tensor x, Tensor skip)>
{
    private readonly CausalConv1d filter;
    private readonly CausalConv1d gate;
    private readonly Conv1d residual;
    private readonly Conv1d skip;

    public GatedResidual(int channels, int dilation) : base(nameof(GatedResidual))
    {
        filter = new CausalConv1d(channels, channels, 2, dilation);
        gate = new CausalConv1d(channels, channels, 2, dilation);
        residual = Conv1d(channels, channels, 1L);
        skip = Conv1d(channels, channels, 1L);
        RegisterComponents();
    }

    public override (Tensor x, Tensor skip) forward(Tensor x)
    {
        var gated = tanh(filter.call(x)) * sigmoid(gate.call(x));
        return (x + residual.call(gated), skip.call(gated));
    }
}
