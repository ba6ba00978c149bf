using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>Root-mean-square normalisation of the last dimension (Zhang and Sennrich 2019, arXiv 1910.07467).</summary>
internal sealed class RmsNorm(int width, RegionClock clock) : Module<Tensor, Tensor>(nameof(RmsNorm))
{
    private const double Epsilon = 1e-5;

    public Parameter Weight { get; } = new(Torch.Ones(width));

    public override Tensor Forward(Tensor input)
    {
        clock.Enter(Region.Norm);
        return FusedOperations.RmsNorm(input, Weight, Epsilon);
    }

    protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("weight", Weight);
}
