using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Square root.</summary>
internal readonly struct SquareRoot : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Sqrt(x, result);
}
