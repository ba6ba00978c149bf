using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Position of the first largest.</summary>
internal readonly struct IndexOfLargestInteger : IReduction<long, long>
{
    public static long Apply(ReadOnlySpan<long> x) => x.IndexOf(TensorPrimitives.Max(x));
}
