using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>eˣ.</summary>
internal readonly struct Exponential : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Exp(x, result);
}
