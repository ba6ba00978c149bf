using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Natural logarithm.</summary>
internal readonly struct Logarithm : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Log(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Log(x, result);
}
