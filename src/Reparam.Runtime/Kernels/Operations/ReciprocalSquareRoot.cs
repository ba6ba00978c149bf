using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>1 / √x.</summary>
internal readonly struct ReciprocalSquareRoot : IUnary<float, float>, IUnary<double, double>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.ReciprocalSqrt(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result) => TensorPrimitives.ReciprocalSqrt(x, result);
}
