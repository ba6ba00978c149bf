using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Largest.</summary>
internal readonly struct LargestInteger : IReduction<long, long>
{
    public static long Apply(ReadOnlySpan<long> x) => TensorPrimitives.Max(x);
}
