using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>The smaller; NaN wins.</summary>
internal readonly struct Minimum<T> : IBinary<T, T>
    where T : unmanaged, INumber<T>
{
    public static void Apply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Min(x, y, result);

    public static void Apply(ReadOnlySpan<T> x, T y, Span<T> result) => TensorPrimitives.Min(x, y, result);

    public static void Apply(T x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Min(y, x, result);
}
