using System.Numerics;
using System.Runtime.CompilerServices;

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
}
