using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Smallest integer not below.</summary>
internal readonly struct Ceiling : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Ceiling(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Ceiling(x, result);
}
