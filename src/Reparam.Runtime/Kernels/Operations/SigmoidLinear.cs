using System.Numerics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x / (1 + e⁻ˣ).</summary>
internal readonly struct SigmoidLinear : IUnary<float, float>, IVectorFunction
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => VectorMap.Apply<SigmoidLinear>(x, result);

    public static Vector<float> Evaluate(Vector<float> x) => x / (Vector<float>.One + Vector.Exp(-x));
}
