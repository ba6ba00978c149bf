using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.AdaLoRA;

/// <summary>
/// ΔW = c·B·diag(E)·A with c = α/(r + 10⁻⁵) and r the rank at the start: Zhang et al., ICLR 2023, arXiv 2303.10512. A convolution's weight is seen as the
/// matrix
/// [out, in/groups · kernel]. With G = ∂L/∂y and x̃ = dropout(x): ∂L/∂E = c·diag(BᵀGᵀx̃Aᵀ), ∂L/∂A = c·diag(E)·BᵀGᵀx̃ and ∂L/∂B = c·Gᵀx̃Aᵀ·diag(E), by autograd.
/// </summary>
public static class AdaLoRAPath
{
    // Of the official code: it is part of the numbers.
    private const double Guard = 1e-5;
    private const double InitialDeviation = 0.02;

    /// <summary>A and B normal with standard deviation 0.02, E zero, so that the function is unchanged.</summary>
    /// <param name="layer">The layer; its weight is not asked for.</param>
    /// <param name="options">The annotation.</param>
    /// <returns>A [r, columns], E [r, 1], B [out, r].</returns>
    /// <exception cref="ArgumentException">The rank is above the layer's size, or the target above the rank.</exception>
    public static (Parameter A, Parameter E, Parameter B) Attach(IBaseLayer layer, AdaLoRAAttribute options)
    {
        var (shape, r) = (layer.Shape, options.InitRank);
        if (r < 1 || r > shape.MaxRank)
        {
            throw new ArgumentException($"{shape.Layer} (AdaLoRA): rank {r} is not between 1 and {shape.MaxRank}, "
                + $"the smaller side of the weight {shape.WeightText} seen as [{shape.Rows}, {shape.Columns}].");
        }

        if (options.TargetRank < 1 || options.TargetRank > r)
        {
            throw new ArgumentException($"{shape.Layer} (AdaLoRA): the target rank {options.TargetRank} is not between 1 and the rank at the start, {r}.");
        }

        var a = empty(r, shape.Columns, layer.Type, layer.Device);
        var b = empty(shape.Rows, r, layer.Type, layer.Device);
        var e = zeros(r, 1, layer.Type, layer.Device);
        return (new Parameter(init.normal_(a, 0, InitialDeviation)), new Parameter(e), new Parameter(init.normal_(b, 0, InitialDeviation)));
    }

    /// <summary>y plus the adapter's output; dropout touches the adapter alone.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="y">Output of the layer with its own weight and bias.</param>
    /// <param name="a">A [r, columns].</param>
    /// <param name="e">E [r, 1].</param>
    /// <param name="b">B [out, r].</param>
    /// <param name="layer">The layer's operation.</param>
    /// <param name="training">True in training mode.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Forward(Tensor x, Tensor y, Tensor a, Tensor e, Tensor b, IBaseLayer layer, bool training, AdaLoRAAttribute options)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var dropped = options.Dropout > 0 && training ? functional.dropout(x, options.Dropout, training) : x;

        // Linear: x̃ [..., in] → [..., r] → [..., out]. A convolution's delta goes through its own stride, padding, dilation and groups.
        return layer.Shape.Kind == LayerKinds.Linear
            ? y + (functional.linear(functional.linear(dropped, a * e), b) * Factor(options))
            : y + layer.Run(dropped, Delta(a, e, b, layer.Shape, options));
    }

    /// <summary>ΔW, of the weight's shape.</summary>
    /// <param name="a">A [r, columns].</param>
    /// <param name="e">E [r, 1].</param>
    /// <param name="b">B [out, r].</param>
    /// <param name="shape">The layer.</param>
    /// <param name="options">The annotation.</param>
    public static Tensor Delta(Tensor a, Tensor e, Tensor b, LayerShape shape, AdaLoRAAttribute options) =>
        (b.mm(a * e) * Factor(options)).reshape([.. shape.Weight]);

    /// <summary>c = α/(r + 10⁻⁵) with the rank at the start, whatever is left of it.</summary>
    /// <param name="options">The annotation.</param>
    public static double Factor(AdaLoRAAttribute options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (options.Alpha > 0 ? options.Alpha : options.InitRank) / (options.InitRank + Guard);
    }
}
