using Reparam;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace StoryTeller;

/// <summary>Root-mean-square normalisation of the last dimension (Zhang and Sennrich 2019, arXiv 1910.07467).</summary>
[ReparamModule]
public sealed partial class RmsNorm : Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5f;

    public RmsNorm(int dim) : base(nameof(RmsNorm))
    {
        Weight = Parameter(ones(dim));
        RegisterComponents();
    }

    public partial Parameter Weight { get; private set; }

    /// <param name="x">[length, dim].</param>
    /// <returns>[length, dim].</returns>
    public override Tensor forward(Tensor x)
    {
        return x * rsqrt(x.square().mean([-1], keepdim: true) + Epsilon) * Weight;
    }
}
