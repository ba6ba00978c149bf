using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Quotient of floats.</summary>
internal readonly struct Divide : IBinary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> result) => TensorPrimitives.Divide(x, y, result);

    public static void Apply(ReadOnlySpan<float> x, float y, Span<float> result) => TensorPrimitives.Divide(x, y, result);

    public static void Apply(float x, ReadOnlySpan<float> y, Span<float> result) => TensorPrimitives.Divide(x, y, result);
}
