using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x·(1 + erf(x/√2)) / 2.</summary>
internal readonly struct GaussianErrorLinear : IUnary<float, float>
{
    private const float InverseSqrt2 = 0.70710678f;

    public static void Apply(ReadOnlySpan<float> x, Span<float> result)
    {
        TensorPrimitives.Multiply(x, InverseSqrt2, result);
        ErrorFunction.Apply(result, result);
        TensorPrimitives.Add(result, 1, result);
        TensorPrimitives.Multiply(result, 0.5f, result);
        TensorPrimitives.Multiply(x, result, result);
    }
}
