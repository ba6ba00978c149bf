using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.</summary>
internal readonly struct GaussianErrorLinearTanh : IUnary<float, float>, IUnary<double, double>, IVectorFunction
{
    private const float Slope = 0.79788456f;
    private const float Cubic = 0.044715f;

    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => VectorMap.Apply<GaussianErrorLinearTanh>(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = x[i] * 0.5 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x[i] + (0.044715 * x[i] * x[i] * x[i]))));
        }
    }

    public static Vector<float> Evaluate(Vector<float> x)
    {
        var argument = ((x * x * (Cubic * Slope)) + new Vector<float>(Slope)) * x;
        return x * (0.5f * (HyperbolicTangent.Evaluate(argument) + Vector<float>.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        var argument = ((x * x * (Cubic * Slope)) + Vector512.Create(Slope)) * x;
        return x * (0.5f * (HyperbolicTangent.Evaluate(argument) + Vector512<float>.One));
    }
}
