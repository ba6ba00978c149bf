//! new Zoo.CausalWaves(depth: 4, channels: 13) : randn(2, 1, 41)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// WaveNet (van den Oord et al., 2016): each sample from those before it, twice as far back in every block.
/// Kinds: a list with target-typed new filled in a loop, a deconstruction into an old and a new variable, a sum that starts as null, an output of two named
/// tensors, padding by a tuple of one side, sizes by shifts.
/// </summary>
public class CausalWaves : Module<Tensor, Tensor>
{
    private readonly Backward first;
    private readonly ModuleList<Gate> gates = new();
    private readonly Sequential speak;

    public CausalWaves(int depth, int channels, int levels = 17) : base(nameof(CausalWaves))
    {
        speak = Sequential(ReLU(), Conv1d(channels, channels, 1L), ReLU(), Conv1d(channels, levels, 1L));
        for (int apart = 1; apart < 1 << depth; apart <<= 1)
        {
            gates.Add(new Gate(channels, apart));
        }

        first = new Backward(1, channels, window: 2, apart: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor samples)
    {
        Tensor? told = null;
        Tensor state = first.call(samples);
        foreach (Gate gate in gates)
        {
            (state, var aside) = gate.call(state);
            told = told is null ? aside : aside + told;
        }

        return speak.call(told!);
    }
}

public class Backward : Module<Tensor, Tensor>
{
    private readonly long before;
    private readonly Conv1d look;

    public Backward(int from, int to, int window, int apart) : base(nameof(Backward))
    {
        look = Conv1d(from, to, window, dilation: apart);
        before = apart * (window - 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor samples) => look.call(functional.pad(samples, (before, 0L)));
}

public class Gate : Module<Tensor, (Tensor state, Tensor aside)>
{
    private readonly Backward content;
    private readonly Backward opening;
    private readonly Conv1d onward;
    private readonly Conv1d outward;

    public Gate(int channels, int apart) : base(nameof(Gate))
    {
        outward = Conv1d(channels, channels, 1L);
        onward = Conv1d(channels, channels, 1L);
        opening = new Backward(channels, channels, 2, apart);
        content = new Backward(channels, channels, 2, apart);
        RegisterComponents();
    }

    public override (Tensor state, Tensor aside) forward(Tensor state)
    {
        Tensor open = sigmoid(opening.call(state));
        Tensor passed = open * tanh(content.call(state));
        return (onward.call(passed) + state, outward.call(passed));
    }
}
