using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Largest; NaN wins.</summary>
internal readonly struct LargestFloat : IReduction<float, float>
{
    public static float Apply(ReadOnlySpan<float> x) => TensorPrimitives.Max(x);
}
