using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x / (1 + e⁻ˣ).</summary>
internal readonly struct SigmoidLinear : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result)
    {
        TensorPrimitives.Sigmoid(x, result);
        TensorPrimitives.Multiply(x, result, result);
    }
}
