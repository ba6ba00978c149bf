using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.LoRA;

/// <summary>
/// Low-rank adapter y += s·B·A·dropout(x), s = α/r (Hu et al. 2021, arXiv 2106.09685) or α/√r (rsLoRA, arXiv 2312.03732), with PiSSA's start (arXiv
/// 2404.02948), DoRA's
/// magnitude (arXiv 2402.09353) and LoRA+'s learning rates (arXiv 2402.12354). With G = ∂L/∂y and x̃ = dropout(x): ∂L/∂A = s·BᵀGᵀx̃ and ∂L/∂B = s·Gᵀ(x̃Aᵀ),
/// by autograd.
/// </summary>
public static class LoRAPath
{
    /// <summary>Adapter state beside a weight.</summary>
    /// <param name="layer">The layer; its dense weight is asked for by PiSSA alone.</param>
    /// <param name="options">The annotation.</param>
    /// <returns>
    /// What PiSSA leaves of the weight, else null; A and B in the layout of <see cref="LoRAFactors"/>; and DoRA's magnitude m, one value per output, where it
    /// is asked for.
    /// </returns>
    /// <exception cref="ArgumentException">The rank is above the layer's size, or the layout does not apply to the layer.</exception>
    public static (Tensor? Base, Parameter A, Parameter B, Parameter? M) Attach(IBaseLayer layer, LoRAAttribute options)
    {
        var factors = LoRAFactors.Of(layer.Shape, options);
        var magnitude = options.Magnitude ? new Parameter(layer.OutputNorms().to(layer.Type)) : null;
        if (options.Init != LoraInit.PiSSA)
        {
            var (a, b) = factors.Start(layer.Type, layer.Device, options.Init);
            return (null, new Parameter(a), new Parameter(b), magnitude);
        }

        var weight = layer.Weight();
        var (principalA, principalB) = factors.Principal(weight, Scale(options));
        var precise = ScalarType.Float64;
        var residual = weight.to(precise) - (factors.Product(principalA.to(precise), principalB.to(precise)) * Scale(options));
        return (residual.to(weight.dtype), new Parameter(principalA), new Parameter(principalB), magnitude);
    }

    /// <summary>y plus the adapter's output; dropout touches the adapter alone.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="y">Output of the layer with its own weight and bias.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="m">DoRA's magnitude, or null.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="training">True in training mode.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Forward(Tensor x, Tensor y, Tensor a, Tensor b, Tensor? m, IBaseLayer layer, bool training, LoRAAttribute options)
    {
        var kind = layer.Shape.Kind;
        if (kind == LayerKinds.Embedding && options.Dropout == 0 && m is null)
        {
            return y + (functional.linear(layer.Run(x, a.t()), b) * Scale(options));
        }

        // Indices cannot be dropped: an embedding drops elements of what the adapter looks up.
        if (kind == LayerKinds.Embedding)
        {
            var looked = layer.Run(x, Delta(a, b, m, layer, options));
            return y + functional.dropout(looked, options.Dropout, training);
        }

        var drops = options.Dropout > 0 && training;
        var dropped = drops ? functional.dropout(x, options.Dropout, training) : x;
        if (kind == LayerKinds.Linear)
        {
            // x̃ [..., in] → [..., r] → [..., out]
            var low = functional.linear(functional.linear(dropped, a), b) * Scale(options);
            return m is null ? y + low : y + Scaled(drops ? layer.Product(dropped) : layer.Bias is { } bias ? y - bias : y, low, a, b, m, layer, options);
        }

        // A convolution's delta goes through the layer's own stride, padding, dilation and groups; so does DoRA's change of the weight.
        return y + layer.Run(dropped, Delta(a, b, m, layer, options));
    }

    /// <summary>ΔW = s·B·A, or with DoRA's magnitude (m/‖W + s·B·A‖)·(W + s·B·A) − W, the norm of each output without gradient.</summary>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="m">DoRA's magnitude, or null.</param>
    /// <param name="layer">The layer; its dense weight is asked for with a magnitude alone.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Delta(Tensor a, Tensor b, Tensor? m, IBaseLayer layer, LoRAAttribute options)
    {
        var product = LoRAFactors.Of(layer.Shape, options).Product(a, b) * Scale(options);
        if (m is null)
        {
            return product;
        }

        var weight = layer.Weight();
        var merged = weight + product;
        var ratio = m / DenseBase.OutputNorms(merged.detach(), layer.Shape).to(merged.dtype).clamp_min(1e-30);
        return (merged * ratio.reshape(layer.Shape.PerOutput())) - weight;
    }

    /// <summary>LoRA+: B learns <see cref="LoRAAttribute.LrRatio"/> times as fast as A.</summary>
    /// <param name="parameter"><c>a</c>, <c>b</c> or <c>m</c>.</param>
    /// <param name="options">The annotation.</param>
    public static double LearningRate(string parameter, LoRAAttribute options) => parameter == "b" ? options.LrRatio : 1;

    /// <summary>s.</summary>
    /// <param name="options">The annotation; α = 0 stands for α = r.</param>
    public static double Scale(LoRAAttribute options)
    {
        var alpha = options.Alpha == 0 ? options.Rank : options.Alpha;
        return options.Scale == LoraScale.RankStabilized ? alpha / Math.Sqrt(options.Rank) : alpha / options.Rank;
    }

    // DoRA on a linear layer: (m/n − 1)·Wx + (m/n)·s·BAx with n² = ‖W‖² + 2s·Σ B⊙(WAᵀ) + s²·Σ (B·AAᵀ)⊙B for each output, so that no dense weight is needed.
    private static Tensor Scaled(Tensor own, Tensor low, Tensor a, Tensor b, Tensor m, IBaseLayer layer, LoRAAttribute options)
    {
        Tensor norms;
        using (no_grad())
        {
            var s = Scale(options);
            var precise = a.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            var (left, right) = (b.detach().to(precise), a.detach().to(precise));
            var cross = (left * layer.Product(a.detach()).t().to(precise)).sum(1) * (2 * s);
            var square = (left.mm(right.mm(right.t())) * left).sum(1) * (s * s);
            norms = (layer.OutputNorms().square() + cross + square).clamp_min(0).sqrt().clamp_min(1e-30);
        }

        var ratio = m / norms.to(m.dtype);
        return ((ratio - 1) * own) + (ratio * low);
    }
}
