using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x·(1 + erf(x/√2)) / 2.</summary>
internal readonly struct GaussianErrorLinear : IUnary<float, float>, IUnary<double, double>, IVectorFunction
{
    private const float InverseSqrt2 = 0.70710678f;

    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => VectorMap.Apply<GaussianErrorLinear>(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] * 0.5 * (1 + SpecialFunctions.Erf(x[i] * Math.Sqrt(0.5)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Evaluate(Vector<float> x) => x * (0.5f * (ErrorFunction.Evaluate(x * InverseSqrt2) + Vector<float>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x) => x * (0.5f * (ErrorFunction.Evaluate(x * InverseSqrt2) + Vector512<float>.One));
}
