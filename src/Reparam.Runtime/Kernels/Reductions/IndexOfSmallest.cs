using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Position of the first smallest; a NaN is smaller than all.</summary>
internal readonly struct IndexOfSmallest<T> : IReduction<T, long>
    where T : unmanaged, INumber<T>
{
    public static long Apply(ReadOnlySpan<T> x) => x.IndexOf(TensorPrimitives.Min(x));
}
