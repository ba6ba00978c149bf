using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Largest integer not above.</summary>
internal readonly struct Floor : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Floor(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Floor(x, result);
}
