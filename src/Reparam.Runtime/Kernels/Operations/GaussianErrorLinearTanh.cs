using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.</summary>
internal readonly struct GaussianErrorLinearTanh : IUnary<float, float>
{
    private const float Slope = 0.79788456f;
    private const float Cubic = 0.044715f;

    public static void Apply(ReadOnlySpan<float> x, Span<float> result)
    {
        TensorPrimitives.Multiply(x, x, result);
        TensorPrimitives.Multiply(result, Cubic * Slope, result);
        TensorPrimitives.Add(result, Slope, result);
        TensorPrimitives.Multiply(result, x, result);
        HyperbolicTangent.Apply(result, result);
        TensorPrimitives.Add(result, 1, result);
        TensorPrimitives.Multiply(result, 0.5f, result);
        TensorPrimitives.Multiply(x, result, result);
    }
}
