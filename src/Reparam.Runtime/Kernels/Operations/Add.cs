using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Sum.</summary>
internal readonly struct Add<T> : IBinary<T, T>
    where T : unmanaged, INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Add(x, y, result);

    public static void Apply(ReadOnlySpan<T> x, T y, Span<T> result) => TensorPrimitives.Add(x, y, result);

    public static void Apply(T x, ReadOnlySpan<T> y, Span<T> result) => TensorPrimitives.Add(y, x, result);
}
