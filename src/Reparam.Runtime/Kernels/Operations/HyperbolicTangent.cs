using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Hyperbolic tangent.</summary>
internal readonly struct HyperbolicTangent : IUnary<float, float>
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => TensorPrimitives.Tanh(x, result);
}
