using Reparam;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Foreign.Methods;

/// <summary>A weight map whose layers share one gain g: w = v·g.</summary>
[ReparamMethod("Foreign.Methods.GainMap", Layers = LayerKinds.Linear)]
public sealed class GainAttribute : WeightMapAttribute;

public static class GainMap
{
    [Shared("G")]
    public static (Tensor Latent, Parameter G) Attach(Tensor weight, Parameter? g, GainAttribute options) =>
        (g is null ? weight : weight / g, g ?? new Parameter(ones(1, dtype: weight.dtype)));

    public static Tensor Map(Tensor latent, Tensor g, GainAttribute options) => latent * g;
}
