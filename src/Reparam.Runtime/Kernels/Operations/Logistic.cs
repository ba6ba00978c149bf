using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>1 / (1 + e⁻ˣ).</summary>
internal readonly struct Logistic : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Sigmoid(x, result);
}
