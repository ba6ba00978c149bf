using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>1 / √x.</summary>
internal readonly struct ReciprocalSquareRoot : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.ReciprocalSqrt(x, result);
}
