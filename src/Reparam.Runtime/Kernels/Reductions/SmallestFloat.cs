using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Smallest; NaN wins.</summary>
internal readonly struct SmallestFloat : IReduction<float, float>
{
    public static float Apply(ReadOnlySpan<float> x) => TensorPrimitives.Min(x);
}
