using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Reductions;

/// <summary>Sum.</summary>
internal readonly struct SumFloat : IReduction<float, float>
{
    public static float Apply(ReadOnlySpan<float> x) => TensorPrimitives.Sum(x);
}
