//! new Zoo.DuelingDqn(6, 3) : randn(4, 6)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A dueling network for Q learning behind an abstract base class with a factory method.</summary>
public sealed class DuelingDqn : QNetwork
{
    private readonly Module<Tensor, Tensor> value;
    private readonly Module<Tensor, Tensor> advantage;

    public DuelingDqn(int observations, int actions, int width = 32, int depth = 2) : base("DuelingDQN", observations, width, depth)
    {
        value = Linear(width, 1);
        advantage = Linear(width, actions);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (x.dim() == 1)
        {
            x = x.unsqueeze(0);
        }

        foreach (var module in fcModules)
        {
            x = functional.relu(module.call(x));
        }

        var v = value.call(x);
        var a = advantage.call(x);
        return v + (a - a.mean(new long[] { 1 }, keepdim: true));
    }
}

public abstract class QNetwork : Module<Tensor, Tensor>
{
    protected readonly TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>> fcModules = new();

    protected QNetwork(string name, int observations, int width, int depth) : base(name)
    {
        if (observations < 1)
        {
            throw new ArgumentException("Number of observations can't be less than 1", nameof(observations));
        }

        fcModules.Add(Linear(observations, width));
        for (var i = 1; i < depth; i++)
        {
            fcModules.Add(Linear(width, width));
        }
    }

    public abstract override Tensor forward(Tensor x);
}
