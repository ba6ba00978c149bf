//! new Zoo.MixtureOfExperts(12, 24, 4, 2) : randn(3, 5, 12)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A sparse mixture of experts: the router keeps the best, each expert runs the tokens that chose it.</summary>
public class MixtureOfExperts : Module<Tensor, Tensor>
{
    private readonly int numExperts;
    private readonly int topK;
    private readonly Linear gate;
    private readonly ModuleList<Expert> experts;
    private readonly LayerNorm norm;

    public MixtureOfExperts(int dim, int hidden, int numExperts, int topK) : base("MoE")
    {
        this.numExperts = numExperts;
        this.topK = topK;
        gate = Linear(dim, numExperts, hasBias: false);
        experts = ModuleList(Enumerable.Range(0, numExperts).Select(_ => new Expert(dim, hidden)).ToArray());
        norm = LayerNorm(dim);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        var shape = hidden.shape;
        var x = norm.call(hidden).view(-1, shape[^1]);
        var weights = functional.softmax(gate.call(x), dim: 1);
        var (routing, selected) = topk(weights, topK, dim: -1);
        routing = routing / routing.sum(dim: -1, keepdim: true);
        var output = zeros_like(x);
        var mask = functional.one_hot(selected, numExperts).permute(2, 1, 0);
        for (var i = 0; i < numExperts; i++)
        {
            var places = mask[i].nonzero();
            if (places.shape[0] == 0)
            {
                continue;
            }

            var (slot, token) = (places[.., 0], places[.., 1]);
            var current = experts[i].call(x.index_select(0, token)) * routing[token, slot].unsqueeze(-1);
            output = output.index_add(0, token, current, 1.0);
        }

        return output.view(shape) + hidden;
    }
}

public class Expert : Module<Tensor, Tensor>
{
    private readonly Linear w1;
    private readonly Linear w2;
    private readonly Linear w3;

    public Expert(int dim, int hidden) : base("Expert")
    {
        w1 = Linear(dim, hidden, hasBias: false);
        w2 = Linear(hidden, dim, hasBias: false);
        w3 = Linear(dim, hidden, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => w2.call(functional.silu(w1.call(x)) * w3.call(x));
}
