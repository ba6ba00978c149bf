using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// eˣ for x ≤ 0, which is all that a softmax and a sigmoid need: 2ⁿ·eʳ with |r| ≤ ln 2 / 2 and a polynomial of degree 6 (Cephes, expf). The
/// relative error is below 2e-7; a result below the smallest normal number is 0; NaN stays.
/// </summary>
internal static class NonPositiveExponential
{
    private const float Smallest = -87.33654f;
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Adding it leaves the nearest integer in the low bits of the mantissa.
    private const float RoundingShift = 12582912f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Evaluate(Vector<float> x)
    {
        var vanishes = Vector.AsVectorSingle(Vector.LessThan(x, new Vector<float>(Smallest)));
        var shifted = Vector.MultiplyAddEstimate(x, new Vector<float>(Log2E), new Vector<float>(RoundingShift));
        var n = shifted - new Vector<float>(RoundingShift);
        var r = Vector.MultiplyAddEstimate(n, new Vector<float>(-Ln2High), x);
        r = Vector.MultiplyAddEstimate(n, new Vector<float>(-Ln2Low), r);
        var p = new Vector<float>(1.9875691500e-4f);
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1.3981999507e-3f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(8.3334519073e-3f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(4.1665795894e-2f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1.6666665459e-1f));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(5.0000001201e-1f));
        p = Vector.MultiplyAddEstimate(p, r * r, r) + Vector<float>.One;
        var power = Vector.ShiftLeft(Vector.AsVectorInt32(shifted), 23) + new Vector<int>(127 << 23);
        return Vector.AndNot(p * Vector.AsVectorSingle(power), vanishes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        var vanishes = Vector512.LessThan(x, Vector512.Create(Smallest));
        var shifted = Vector512.MultiplyAddEstimate(x, Vector512.Create(Log2E), Vector512.Create(RoundingShift));
        var n = shifted - Vector512.Create(RoundingShift);
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-Ln2High), x);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-Ln2Low), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.MultiplyAddEstimate(p, r * r, r) + Vector512<float>.One;
        var power = Vector512.ShiftLeft(shifted.AsInt32(), 23) + Vector512.Create(127 << 23);
        return Vector512.AndNot(p * power.AsSingle(), vanishes);
    }
}
