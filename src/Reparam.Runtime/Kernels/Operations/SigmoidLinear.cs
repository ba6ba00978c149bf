using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x / (1 + e⁻ˣ).</summary>
internal readonly struct SigmoidLinear : IUnary<float, float>, IUnary<double, double>, IVectorFunction
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => VectorMap.Apply<SigmoidLinear>(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] / (1 + Math.Exp(-x[i]));
        }
    }

    // By e^−|x|, which does not overflow: for x < 0 it is x·eˣ / (1 + eˣ).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Evaluate(Vector<float> x)
    {
        var power = NonPositiveExponential.Evaluate(-Vector.Abs(x));
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), x * power, x) / (Vector<float>.One + power);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        var power = NonPositiveExponential.Evaluate(-Vector512.Abs(x));
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), x * power, x) / (Vector512<float>.One + power);
    }
}
