using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Custom;

/// <summary>A user's own weight map: w = s·tanh(v), bounded by s.</summary>
[ReparamMethod("Reparam.Training.Tests.Custom.TanhMap", Layers = LayerKinds.All, Source = "Written in a test project")]
public sealed class TanhAttribute : WeightMapAttribute
{
    /// <summary>Part of s that the largest weight takes at the start.</summary>
    public double Fill { get; set; } = 0.9;
}

public static class TanhMap
{
    public static (Tensor Latent, Parameter Scale) Attach(Tensor weight, TanhAttribute options)
    {
        var scale = (weight.abs().max() / options.Fill).clamp_min(1e-6);
        return ((weight / scale).atanh(), new Parameter(scale));
    }

    public static Tensor Map(Tensor latent, Tensor scale, TanhAttribute options) => scale * latent.tanh();

    public static void AfterStep(Parameter scale, TanhAttribute options) => scale.clamp_min_(1e-6);
}
