using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.LoRA;

/// <summary>
/// Low-rank adapter y += s·B·A·dropout(x), s = α/r (Hu et al. 2021, arXiv 2106.09685) or α/√r (rsLoRA, arXiv 2312.03732), with PiSSA's start (arXiv 2404.02948), DoRA's
/// magnitude (arXiv 2402.09353) and LoRA+'s learning rates (arXiv 2402.12354). With G = ∂L/∂y and x̃ = dropout(x): ∂L/∂A = s·BᵀGᵀx̃ and ∂L/∂B = s·Gᵀ(x̃Aᵀ), by autograd.
/// </summary>
public static class LoRAPath
{
    /// <summary>Adapter state beside a weight.</summary>
    /// <param name="weight">The weight that the layer multiplies by.</param>
    /// <param name="shape">The layer.</param>
    /// <param name="options">The annotation.</param>
    /// <returns>
    /// The weight itself, or what PiSSA leaves of it; A and B in the layout of <see cref="LoRAFactors"/>; and DoRA's magnitude m, one value per output, where
    /// it is asked for.
    /// </returns>
    /// <exception cref="ArgumentException">The rank is above the layer's size, or the layout does not apply to the layer.</exception>
    public static (Tensor Base, Parameter LoraA, Parameter LoraB, Parameter? LoraM) Attach(Tensor weight, LayerShape shape, LoRAAttribute options)
    {
        var factors = LoRAFactors.Of(shape, options);
        var magnitude = options.Magnitude ? new Parameter(OutputNorms(weight, shape).to(weight.dtype)) : null;
        if (options.Init != LoraInit.PiSSA)
        {
            var (a, b) = factors.Start(weight, options.Init);
            return (weight, new Parameter(a), new Parameter(b), magnitude);
        }

        var (principalA, principalB) = factors.Principal(weight, Scale(options));
        var precise = ScalarType.Float64;
        var residual = weight.to(precise) - (factors.Product(principalA.to(precise), principalB.to(precise)) * Scale(options));
        return (residual.to(weight.dtype), new Parameter(principalA), new Parameter(principalB), magnitude);
    }

    /// <summary>y plus the adapter's output; dropout touches the adapter alone.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="y">Output of the layer with its own weight and bias.</param>
    /// <param name="weight">The layer's own weight.</param>
    /// <param name="loraA">A.</param>
    /// <param name="loraB">B.</param>
    /// <param name="loraM">DoRA's magnitude, or null.</param>
    /// <param name="layer">The layer's operation.</param>
    /// <param name="shape">The layer.</param>
    /// <param name="training">True in training mode.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Forward(
        Tensor x, Tensor y, Tensor weight, Tensor loraA, Tensor loraB, Tensor? loraM, ILayerOperation layer, LayerShape shape, bool training, LoRAAttribute options)
    {
        if (shape.Kind == LayerKinds.Embedding && options.Dropout == 0 && loraM is null)
        {
            return y + (functional.linear(layer.Run(x, loraA.t()), loraB) * Scale(options));
        }

        // Indices cannot be dropped: an embedding drops elements of what the adapter looks up.
        if (shape.Kind == LayerKinds.Embedding)
        {
            var looked = layer.Run(x, Delta(weight, loraA, loraB, loraM, shape, options));
            return y + functional.dropout(looked, options.Dropout, training);
        }

        var dropped = options.Dropout > 0 && training ? functional.dropout(x, options.Dropout, training) : x;
        if (shape.Kind == LayerKinds.Linear && loraM is null)
        {
            // x̃ [..., in] → [..., r] → [..., out]
            return y + (functional.linear(functional.linear(dropped, loraA), loraB) * Scale(options));
        }

        // A convolution's delta goes through the layer's own stride, padding, dilation and groups; so does DoRA's change of the weight.
        return y + layer.Run(dropped, Delta(weight, loraA, loraB, loraM, shape, options));
    }

    /// <summary>ΔW = s·B·A, or with DoRA's magnitude (m/‖W + s·B·A‖)·(W + s·B·A) − W, the norm of each output without gradient.</summary>
    /// <param name="weight">W, the layer's own weight.</param>
    /// <param name="loraA">A.</param>
    /// <param name="loraB">B.</param>
    /// <param name="loraM">DoRA's magnitude, or null.</param>
    /// <param name="shape">The layer.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Delta(Tensor weight, Tensor loraA, Tensor loraB, Tensor? loraM, LayerShape shape, LoRAAttribute options)
    {
        var product = LoRAFactors.Of(shape, options).Product(loraA, loraB) * Scale(options);
        if (loraM is null)
        {
            return product;
        }

        var merged = weight + product;
        var ratio = loraM / OutputNorms(merged.detach(), shape).to(merged.dtype).clamp_min(1e-30);
        return (merged * ratio.reshape(shape.PerOutput())) - weight;
    }

    /// <summary>LoRA+: B learns <see cref="LoRAAttribute.LrRatio"/> times as fast as A.</summary>
    /// <param name="parameter"><c>lora_a</c>, <c>lora_b</c> or <c>lora_m</c>.</param>
    /// <param name="options">The annotation.</param>
    public static double LearningRate(string parameter, LoRAAttribute options) => parameter == "lora_b" ? options.LrRatio : 1;

    /// <summary>s.</summary>
    /// <param name="options">The annotation; α = 0 stands for α = r.</param>
    public static double Scale(LoRAAttribute options)
    {
        var alpha = options.Alpha == 0 ? options.Rank : options.Alpha;
        return options.Scale == LoraScale.RankStabilized ? alpha / Math.Sqrt(options.Rank) : alpha / options.Rank;
    }

    // ‖·‖ over every dimension but the one that counts outputs: [out].
    private static Tensor OutputNorms(Tensor weight, LayerShape shape)
    {
        var others = Enumerable.Range(0, shape.Weight.Count).Where(d => d != shape.OutputDimension).Select(d => (long)d).ToArray();
        return weight.to(weight.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).square().sum(others).sqrt();
    }
}
