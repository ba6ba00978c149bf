//! new Zoo.ActorCritic(5, new[] { 3, 2 }) : randn(2, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>An actor with several heads and a critic, and the parts of training that live in the same class.</summary>
public class ActorCritic : Module<Tensor, (Tensor policy, Tensor value)>
{
    private readonly Sequential trunk;
    private readonly ModuleList<Linear> heads = new ModuleList<Linear>();
    private readonly Linear critic;
    private readonly List<(Tensor logProb, Tensor value)> saved = new();

    public List<float> Rewards { get; } = new();

    public ActorCritic(int observations, int[] actionSizes) : base("ActorCritic")
    {
        trunk = Sequential(
            ("fc1", Linear(observations, 24)),
            ("act1", Tanh()),
            ("fc2", Linear(24, 24)),
            ("act2", Tanh()));
        foreach (var actions in actionSizes)
        {
            heads.Add(Linear(24, actions));
        }

        critic = Linear(24, 1);
        RegisterComponents();
    }

    public override (Tensor policy, Tensor value) forward(Tensor x)
    {
        x = trunk.forward(x);
        List<Tensor> logits = new List<Tensor>();
        foreach (var head in heads)
        {
            logits.Add(functional.softmax(head.forward(x), -1));
        }

        return (torch.cat(logits.ToArray(), dim: 1), critic.forward(x).squeeze(-1));
    }

    public long SelectAction(float[] state)
    {
        var (policy, value) = forward(torch.tensor(state).unsqueeze(0));
        var action = torch.multinomial(policy, 1);
        saved.Add((policy.gather(1, action).log(), value));
        return action.item<long>();
    }

    public Tensor Loss(float gamma)
    {
        var losses = new List<Tensor>();
        var total = 0f;
        for (var i = Rewards.Count - 1; i >= 0; i--)
        {
            total = Rewards[i] + gamma * total;
            var advantage = total - saved[i].value.item<float>();
            losses.Add(-saved[i].logProb * advantage + functional.smooth_l1_loss(saved[i].value, torch.tensor(new[] { total })));
        }

        return torch.stack(losses).sum();
    }
}
