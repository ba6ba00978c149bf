using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Position of the first largest; a NaN is larger than all.</summary>
internal readonly struct IndexOfLargestFloat : IReduction<float, long>
{
    public static long Apply(ReadOnlySpan<float> x) => x.IndexOf(TensorPrimitives.Max(x));
}
