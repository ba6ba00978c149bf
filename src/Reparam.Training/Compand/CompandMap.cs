using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training.Compand;

/// <summary>
/// Weight compander w = a·ψ(v/b) with ψ odd and strictly increasing (arctan in the paper): Cakaj, Mehnert and Yang 2023, arXiv 2306.16993.
/// With g = ∂L/∂w and ψ = arctan: ∂L/∂v = g·(a/b)/(1 + (v/b)²), ∂L/∂a = Σ g·arctan(v/b), ∂L/∂b = −Σ g·a·v/(b² + v²), by autograd.
/// </summary>
public static class CompandMap
{
    // The largest part of the bound a·sup ψ that a given weight may take: beyond it the inverse is ill-conditioned.
    private const double Headroom = 1.05;

    /// <summary>Latent and scales that give a weight back: v = b·ψ⁻¹(w/a), with a raised where the weight would not fit.</summary>
    /// <param name="weight">The dense weight.</param>
    /// <param name="shape">The layer; a scale of each output channel follows its output dimension.</param>
    /// <param name="options">The annotation.</param>
    /// <returns>v of the weight's shape; a and b, [] or one value per output.</returns>
    public static (Tensor Latent, Parameter A, Parameter B) Attach(Tensor weight, LayerShape shape, CompandAttribute options)
    {
        var exact = weight.to(ScalarType.Float64);
        var largest = options.PerChannel
            ? exact.abs().amax([.. Enumerable.Range(0, (int)exact.dim()).Where(d => d != shape.OutputDimension).Select(d => (long)d)], keepdim: true)
            : exact.abs().max();
        var start = Math.Max(options.A, options.MinScale);
        var a = (largest * (Headroom / Companders.Bound(options.Kind))).clamp_min(start).to(weight.dtype);
        var b = full_like(a, Math.Max(options.B, options.MinScale));

        // The rounded scales decide the latent: the pair, not each number, must give the weight back.
        var latent = b.to(ScalarType.Float64) * Companders.Inverse(options.Kind, exact / a.to(ScalarType.Float64));
        return (latent.to(weight.dtype), new Parameter(a, options.Learn), new Parameter(b, options.Learn));
    }

    /// <summary>w = a·ψ(v/b).</summary>
    /// <param name="latent">v, any shape.</param>
    /// <param name="a">Outer scale, positive; [] or one value per output.</param>
    /// <param name="b">Inner scale, positive; of a's shape.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Map(Tensor latent, Tensor a, Tensor b, CompandAttribute options)
    {
        // Half-precision latents are companded in float32: near saturation the quotient needs the digits.
        if (latent.dtype is ScalarType.Float16 or ScalarType.BFloat16)
        {
            return Map(latent.to(ScalarType.Float32), a.to(ScalarType.Float32), b.to(ScalarType.Float32), options).to(latent.dtype);
        }

        return a * Companders.Forward(options.Kind, latent / b);
    }

    /// <summary>Keeps learned scales positive: both are raised to <see cref="CompandAttribute.MinScale"/>.</summary>
    /// <param name="a">Outer scale.</param>
    /// <param name="b">Inner scale.</param>
    /// <param name="options">The annotation.</param>
    public static void AfterStep(Parameter a, Parameter b, CompandAttribute options)
    {
        if (options.Learn)
        {
            a.clamp_min_(options.MinScale);
            b.clamp_min_(options.MinScale);
        }
    }

    /// <summary>Learning rate of a and b as a multiple of the weight's.</summary>
    /// <param name="parameter"><c>a</c> or <c>b</c>.</param>
    /// <param name="options">The annotation.</param>
    public static double LearningRate(string parameter, CompandAttribute options) => options.ScaleLrMultiplier;
}
