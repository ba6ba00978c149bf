using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Position of the first smallest.</summary>
internal readonly struct IndexOfSmallestInteger : IReduction<long, long>
{
    public static long Apply(ReadOnlySpan<long> x) => x.IndexOf(TensorPrimitives.Min(x));
}
