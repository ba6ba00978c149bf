using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Position of the first largest; a NaN is larger than all.</summary>
internal readonly struct IndexOfLargest<T> : IReduction<T, long>
    where T : unmanaged, INumber<T>
{
    public static long Apply(ReadOnlySpan<T> x) => x.IndexOf(TensorPrimitives.Max(x));
}
