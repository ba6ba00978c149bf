using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Position of the first smallest; a NaN is smaller than all.</summary>
internal readonly struct IndexOfSmallestFloat : IReduction<float, long>
{
    public static long Apply(ReadOnlySpan<float> x) => x.IndexOf(TensorPrimitives.Min(x));
}
