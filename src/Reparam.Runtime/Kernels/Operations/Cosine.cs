using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Cosine.</summary>
internal readonly struct Cosine : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Cos(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Cos(x, result);
}
