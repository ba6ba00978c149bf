using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>−x.</summary>
internal readonly struct Negate<T> : IUnary<T, T>
    where T : unmanaged, INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> result) => TensorPrimitives.Negate(x, result);
}
