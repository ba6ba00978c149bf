using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>The functional forms of layers.</summary>
[Counterpart("TorchSharp.torch+nn+functional")]
public static partial class Functional
{
    /// <summary>y = x·Wᵀ + b.</summary>
    /// <param name="input">[…, in].</param>
    /// <param name="weights">[out, in], dense or packed.</param>
    /// <param name="bias">[out], or null.</param>
    /// <returns>[…, out].</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("linear")]
    public static Tensor Linear(Tensor input, Tensor weights, Tensor? bias = null) => LinearKernel.Run(input, weights, bias);

    /// <summary>Rows of a table.</summary>
    /// <param name="input">Integers […].</param>
    /// <param name="weight">[entries, width], dense or packed.</param>
    /// <returns>[…, width].</returns>
    /// <exception cref="ArgumentException">The input is not integer, or an index is outside the table.</exception>
    internal static Tensor Embedding(Tensor input, Tensor weight) => EmbeddingKernel.Run(input, weight);
}
