using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Nearest integer, ties to even.</summary>
internal readonly struct RoundHalfEven : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Round(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.Round(x, result);
}
