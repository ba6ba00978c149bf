using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Sum, wrapping on overflow.</summary>
internal readonly struct SumInteger : IReduction<long, long>
{
    public static long Apply(ReadOnlySpan<long> x) => TensorPrimitives.Sum(x);
}
