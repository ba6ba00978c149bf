using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels.Operations;

/// <summary>
/// Error function, to about two units in the last place. Below 1 an odd polynomial; above, 1 − e^(−h(x)) with a polynomial for
/// h = −ln erfc, up to 4 where single precision has reached 1. Both interpolate at Chebyshev nodes.
/// </summary>
internal readonly struct ErrorFunction : IUnary<float, float>, IUnary<double, double>, IVectorFunction
{
    public static void Apply(ReadOnlySpan<float> x, Span<float> result) => VectorMap.Apply<ErrorFunction>(x, result);

    public static void Apply(ReadOnlySpan<double> x, Span<double> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = SpecialFunctions.Erf(x[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Evaluate(Vector<float> x)
    {
        var magnitude = Vector.Min(Vector.Abs(x), new Vector<float>(4));
        var t = magnitude * magnitude;
        var small = new Vector<float>(7.875875046790626e-05f);
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(-0.0008016864281817755f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(0.0051890874227800456f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(-0.02685421201027641f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(0.11283594715152362f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(-0.3761262666671963f));
        small = Vector.MultiplyAddEstimate(small, t, new Vector<float>(1.1283791658483504f));
        small *= magnitude;

        var h = new Vector<float>(-1.6371514135218742e-06f);
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(4.605804267702706e-05f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(-0.0005968056256418625f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(0.00475959629360471f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(-0.02642113600793558f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(0.11008008295528207f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(0.6318260515495315f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(1.1302334348493226f));
        h = Vector.MultiplyAddEstimate(h, magnitude, new Vector<float>(-0.0003201380519158928f));
        var large = Vector<float>.One - NonPositiveExponential.Evaluate(-h);

        return Vector.CopySign(Vector.ConditionalSelect(Vector.LessThan(magnitude, Vector<float>.One), small, large), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        var magnitude = Vector512.Min(Vector512.Abs(x), Vector512.Create(4f));
        var t = magnitude * magnitude;
        var small = Vector512.Create(7.875875046790626e-05f);
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(-0.0008016864281817755f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(0.0051890874227800456f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(-0.02685421201027641f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(0.11283594715152362f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(-0.3761262666671963f));
        small = Vector512.MultiplyAddEstimate(small, t, Vector512.Create(1.1283791658483504f));
        small *= magnitude;

        var h = Vector512.Create(-1.6371514135218742e-06f);
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(4.605804267702706e-05f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(-0.0005968056256418625f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(0.00475959629360471f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(-0.02642113600793558f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(0.11008008295528207f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(0.6318260515495315f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(1.1302334348493226f));
        h = Vector512.MultiplyAddEstimate(h, magnitude, Vector512.Create(-0.0003201380519158928f));
        var large = Vector512<float>.One - NonPositiveExponential.Evaluate(-h);

        return Vector512.CopySign(Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512<float>.One), small, large), x);
    }
}
