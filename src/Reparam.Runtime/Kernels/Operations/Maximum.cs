using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>The larger; NaN wins.</summary>
internal readonly struct Maximum<T> : IBinary<T, T>
    where T : unmanaged, INumber<T>
{
    public static void Apply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Max(x, y, result);

    public static void Apply(ReadOnlySpan<T> x, T y, Span<T> result) => TensorPrimitives.Max(x, y, result);

    public static void Apply(T x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Max(y, x, result);
}
