using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>SwiGLU feed-forward network, down(silu(gate x) ⊙ up x) (Shazeer 2020, arXiv 2002.05202).</summary>
internal sealed class FeedForward(DecoderSizes sizes, RegionClock clock) : Module<Tensor, Tensor, Tensor>(nameof(FeedForward))
{
    private readonly Linear gate = Nn.Linear(sizes.Width, sizes.Hidden, hasBias: false);
    private readonly Linear down = Nn.Linear(sizes.Hidden, sizes.Width, hasBias: false);
    private readonly Linear up = Nn.Linear(sizes.Width, sizes.Hidden, hasBias: false);

    /// <summary>[length, width] twice → residual + the network's output.</summary>
    public override Tensor Forward(Tensor residual, Tensor x)
    {
        clock.Enter(Region.PackedProducts);
        return FusedOperations.AddTo(residual, down, FusedOperations.SwiGlu(x, gate, up));
    }

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("w1", gate);
        visitor.Module("w2", down);
        visitor.Module("w3", up);
    }
}
