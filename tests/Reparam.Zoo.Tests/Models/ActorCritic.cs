//! new Zoo.ActorCritic(5, new[] { 3, 2, 4 }) : randn(2, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Advantage actor-critic (Mnih et al., 2016) for an agent that chooses several things at once.
/// Kinds: a tuple with names as output, a list of one kind of layer that is filled in a loop, the parts of training in the same class: a list of tuples
/// of tensors, a property of floats, sampling, and a loss that reads single numbers.
/// </summary>
public class ActorCritic : Module<Tensor, (Tensor policy, Tensor value)>
{
    private const int Width = 21;

    private readonly Sequential torso;
    private readonly ModuleList<Linear> choices = new ModuleList<Linear>();
    private readonly Linear judge;
    private readonly List<(Tensor chance, Tensor judged)> episode = new();

    public List<float> Gains { get; } = new();

    public ActorCritic(int senses, int[] options) : base("Actor and critic")
    {
        torso = Sequential(
            ("see", Linear(senses, Width)),
            ("squash", Tanh()),
            ("think", Linear(Width, Width)),
            ("squash again", Tanh()));
        judge = Linear(Width, 1);
        foreach (int count in options)
        {
            choices.Add(Linear(Width, count));
        }

        RegisterComponents();
    }

    public override (Tensor policy, Tensor value) forward(Tensor observation)
    {
        Tensor thought = torso.forward(observation);
        List<Tensor> chances = new List<Tensor>();
        foreach (Linear choice in choices)
        {
            chances.Add(functional.softmax(choice.forward(thought), -1));
        }

        return (torch.cat(chances.ToArray(), dim: 1), judge.forward(thought).squeeze(-1));
    }

    /// <summary>Plays one step and remembers it.</summary>
    public long Act(float[] senses)
    {
        using Tensor observation = torch.tensor(senses).unsqueeze(0);
        (Tensor policy, Tensor value) = forward(observation);
        Tensor chosen = torch.multinomial(policy, 1);
        episode.Add((torch.log(policy.gather(1, chosen)), value));
        return chosen.item<long>();
    }

    /// <summary>What the episode cost, with gains that count less the later they come.</summary>
    public Tensor Cost(float patience)
    {
        List<Tensor> costs = new List<Tensor>();
        float promise = 0f;
        for (int step = episode.Count; step-- > 0;)
        {
            var (chance, judged) = episode[step];
            promise = promise * patience + Gains[step];
            float surprise = promise - judged.item<float>();
            Tensor critic = functional.smooth_l1_loss(judged, torch.tensor(new[] { promise }));
            costs.Add(critic - chance.squeeze(-1) * surprise);
        }

        episode.Clear();
        return torch.stack(costs).sum();
    }
}
