using Reparam;
using Reparam.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Foreign.Methods;

/// <summary>A side path whose layers share one basis S [r, r]: y += B·S·A·x, with a rule that keeps S of unit norm. It asks nothing of its base.</summary>
[ReparamMethod("Foreign.Methods.BasisPath", Layers = LayerKinds.Linear)]
[ReparamModelRule("Foreign.Methods.BasisRule")]
public sealed class BasisAttribute([ReparamRange(1, 4096, WithinLayerRank = true)] int rank) : SidePathAttribute
{
    public int Rank { get; } = rank;
}

public static class BasisPath
{
    [Shared("S")]
    public static (Parameter A, Parameter B, Parameter S) Attach(IBaseLayer layer, Parameter? s, BasisAttribute options) => (
        new Parameter(randn(options.Rank, layer.Shape.Columns, dtype: layer.Type) * 0.1),
        new Parameter(zeros(layer.Shape.Rows, options.Rank, dtype: layer.Type)),
        s ?? new Parameter(eye(options.Rank, dtype: layer.Type)));

    public static Tensor Forward(Tensor x, Tensor y, Tensor a, Tensor b, Tensor s) => y + functional.linear(functional.linear(functional.linear(x, a), s), b);

    public static Tensor Delta(Tensor a, Tensor b, Tensor s) => b.mm(s).mm(a);
}

public sealed class BasisRule : ModelRule
{
    protected override void AfterStep(long step)
    {
        var s = Layers[0].Parameter("s");
        s.mul_(Math.Sqrt(s.shape[0]) / s.norm().clamp_min(1e-12));
    }
}
