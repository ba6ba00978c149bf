using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>1 / (1 + e⁻ˣ).</summary>
internal readonly struct Logistic : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Sigmoid(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Sigmoid(x, result);
}
