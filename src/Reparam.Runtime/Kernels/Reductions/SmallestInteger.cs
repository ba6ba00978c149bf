using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Smallest.</summary>
internal readonly struct SmallestInteger : IReduction<long, long>
{
    public static long Apply(ReadOnlySpan<long> x) => TensorPrimitives.Min(x);
}
