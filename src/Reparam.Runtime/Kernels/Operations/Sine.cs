using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Sine.</summary>
internal readonly struct Sine : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Sin(x, result);
}
