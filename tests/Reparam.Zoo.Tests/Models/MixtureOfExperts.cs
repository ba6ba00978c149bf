//! new Zoo.SparseExperts(13, 21, 5, 2) : randn(3, 5, 13)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Sparsely gated experts (Shazeer et al., 2017; Jiang et al., 2024): each token asks the few experts that its router likes best.
/// Kinds: ModuleList of an array that Select makes, topk as a tuple, one_hot and nonzero whose shapes depend on the numbers, a loop that continues,
/// index_select, index_add and an index of two tensors.
/// </summary>
public class SparseExperts : Module<Tensor, Tensor>
{
    private readonly int asked;
    private readonly LayerNorm norm;
    private readonly Linear router;
    private readonly ModuleList<Specialist> specialists;

    public SparseExperts(int width, int inner, int count, int asked) : base("Mixture of experts")
    {
        this.asked = asked;
        norm = LayerNorm(width);
        router = Linear(width, count, hasBias: false);
        specialists = ModuleList(Enumerable.Range(0, count).Select(_ => new Specialist(width, inner)).ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        long[] shape = state.shape;
        Tensor tokens = norm.call(state).view(-1, shape[^1]);
        (Tensor trust, Tensor chosen) = topk(functional.softmax(router.call(tokens), dim: 1), asked, dim: -1);
        trust = trust / trust.sum(dim: -1, keepdim: true);

        // [expert, place among the chosen, token]
        Tensor asks = functional.one_hot(chosen, specialists.Count).permute(2, 1, 0);
        Tensor answers = zeros_like(tokens);
        for (int expert = 0; expert < specialists.Count; expert++)
        {
            Tensor who = asks[expert].nonzero();
            if (who.shape[0] == 0)
            {
                continue;
            }

            Tensor place = who[.., 0], token = who[.., 1];
            Tensor answer = specialists[expert].call(tokens.index_select(0, token));
            answer = answer * trust[token, place].unsqueeze(-1);
            answers = answers.index_add(0, token, answer, 1.0);
        }

        return state + answers.view(shape);
    }
}

public class Specialist : Module<Tensor, Tensor>
{
    private readonly Linear gate;
    private readonly Linear up;
    private readonly Linear down;

    public Specialist(int width, int inner) : base(nameof(Specialist))
    {
        down = Linear(inner, width, hasBias: false);
        up = Linear(width, inner, hasBias: false);
        gate = Linear(width, inner, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        Tensor open = functional.silu(gate.call(tokens));
        return down.call(open * up.call(tokens));
    }
}
