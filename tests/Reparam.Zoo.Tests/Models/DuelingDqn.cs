//! new Zoo.DuelingNetwork(senses: 7, moves: 3) : randn(4, 7)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Dueling streams for Q learning (Wang et al., 2016): how good the state is, and how much better each move.
/// Kinds: an abstract base class with an abstract override of forward, a protected list of modules that the base fills, checks that throw, a branch on
/// the number of dimensions, default arguments passed to the base.
/// </summary>
public sealed class DuelingNetwork : ActionValues
{
    private readonly Module<Tensor, Tensor> state;
    private readonly Module<Tensor, Tensor> gain;

    public DuelingNetwork(int senses, int moves, int width = 29, int depth = 3) : base("Dueling network", senses, width, depth)
    {
        gain = Linear(width, moves);
        state = Linear(width, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor observations)
    {
        var hidden = observations.dim() > 1 ? observations : observations.unsqueeze(0);
        foreach (var step in trunk)
        {
            hidden = functional.relu(step.call(hidden));
        }

        // The gains are known up to a constant: their mean is taken as zero.
        var gains = gain.call(hidden);
        var centred = gains - gains.mean(new long[] { 1 }, keepdim: true);
        return centred + state.call(hidden);
    }
}

public abstract class ActionValues : Module<Tensor, Tensor>
{
    protected readonly ModuleList<Module<Tensor, Tensor>> trunk = new();

    protected ActionValues(string name, int senses, int width, int depth) : base(name)
    {
        if (senses <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(senses), senses, "an agent without senses");
        }

        for (int layer = 0, inputs = senses; layer < depth; layer++, inputs = width)
        {
            trunk.Add(Linear(inputs, width));
        }
    }

    public abstract override Tensor forward(Tensor observations);

    /// <summary>The best move of each state.</summary>
    public Tensor Best(Tensor observations) => forward(observations).argmax(1);
}
