//! new Zoo.SignalMixer(24, 40, 5) : randn(3, 7, 24)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A gated unit (after Dauphin et al., 2017) over linear layers that are written by hand.
/// Kinds: weights that are parameters or buffers of the class itself, multiplied transposed or through functional.linear; one without a bias.
/// </summary>
public class SignalMixer : Module<Tensor, Tensor>
{
    private readonly Projection gate;
    private readonly Projection value;
    private readonly Mixer mixed;
    private readonly Readout last;

    public SignalMixer(int width, int hidden, int classes) : base(nameof(SignalMixer))
    {
        gate = new Projection(width, hidden, withBias: true);
        value = new Projection(width, hidden, withBias: false);
        mixed = new Mixer(hidden, width);
        last = new Readout(width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor signal)
    {
        var open = gate.call(signal).sigmoid();
        return last.call(signal + mixed.call(open * value.call(signal)));
    }
}

/// <summary>Its weight is a buffer, as where nothing is trained.</summary>
public class Projection : Module<Tensor, Tensor>
{
    protected Tensor weight;
    protected Tensor? bias;

    public Projection(int inputs, int outputs, bool withBias, ScalarType? dtype = null) : base(nameof(Projection))
    {
        weight = randn(outputs, inputs, dtype: dtype ?? float32) / Math.Sqrt(inputs);
        if (withBias)
        {
            bias = zeros(outputs, dtype: dtype ?? float32);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = x.matmul(weight.t());
        if (bias is not null)
        {
            y = y + bias;
        }

        return y.MoveToOuterDisposeScope();
    }
}

/// <summary>Its weight is a parameter.</summary>
public sealed class Mixer : Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    public Mixer(int inputs, int outputs) : base(nameof(Mixer))
    {
        weight = Parameter(empty(outputs, inputs));
        init.xavier_uniform_(weight);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => functional.linear(x, weight);
}

/// <summary>Its weight is a buffer that only the constructor gives.</summary>
public sealed class Readout : Module<Tensor, Tensor>
{
    private readonly Tensor weight;
    private readonly Parameter shift;

    public Readout(int inputs, int outputs) : base(nameof(Readout))
    {
        weight = randn(outputs, inputs);
        shift = Parameter(zeros(outputs));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => torch.matmul(x, this.weight.transpose(0, 1)) + shift;
}
