using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Quotient.</summary>
internal readonly struct Divide<T> : IBinary<T, T>
    where T : unmanaged, INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Divide(x, y, result);

    public static void Apply(ReadOnlySpan<T> x, T y, Span<T> result) => TensorPrimitives.Divide(x, y, result);

    public static void Apply(T x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Divide(x, y, result);
}
