using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>
/// Hyperbolic tangent, to about two units in the last place: near zero an odd polynomial that interpolates at Chebyshev nodes, else
/// 1 − 2 / (e²ˣ + 1). (The primitive of the framework loses small arguments.)
/// </summary>
internal readonly struct HyperbolicTangent : IUnary<float, float>, IUnary<double, double>, IVectorFunction
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => VectorMap.Apply<HyperbolicTangent>(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = Math.Tanh(x[i]);
        }
    }

    public static Vector<float> Evaluate(Vector<float> x)
    {
        // From 10 on the result is 1.
        var magnitude = Vector.Min(Vector.Abs(x), new Vector<float>(10));
        var t = magnitude * magnitude;
        var small = new Vector<float>(-0.005657135206250001f);
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(0.020588191475118006f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(-0.053720107663373165f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(0.1333111405577918f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(-0.3333325986295122f));
        small = Vector.MultiplyAddEstimate(small * t, magnitude, magnitude);
        var large = Vector<float>.One - new Vector<float>(2) / (Vector.Exp(magnitude + magnitude) + Vector<float>.One);
        return Vector.CopySign(Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<float>(0.625f)), small, large), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        // From 10 on the result is 1.
        var magnitude = Vector512.Min(Vector512.Abs(x), Vector512.Create(10f));
        var t = magnitude * magnitude;
        var small = Vector512.Create(-0.005657135206250001f);
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(0.020588191475118006f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(-0.053720107663373165f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(0.1333111405577918f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(-0.3333325986295122f));
        small = Vector512.MultiplyAddEstimate(small * t, magnitude, magnitude);
        var large = Vector512<float>.One - Vector512.Create(2f) / (Vector512.Exp(magnitude + magnitude) + Vector512<float>.One);
        return Vector512.CopySign(Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0.625f)), small, large), x);
    }
}
