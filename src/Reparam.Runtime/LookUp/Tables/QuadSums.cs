using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.LookUp;

/// <summary>The 16 signed sums ±x0±x1±x2±x3 of four neighbouring inputs (a quad); entry n takes x_j with plus when bit j of n is set.</summary>
internal static unsafe class QuadSums
{
    /// <summary>Inputs of a quad.</summary>
    public const int Inputs = 4;

    /// <summary>Sums of a quad.</summary>
    public const int Entries = 16;

    /// <summary>Entries 0 to 3, 4 to 7, 8 to 11 and 12 to 15, times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(
        float* x, float factor, out Vector128<float> s0, out Vector128<float> s1, out Vector128<float> s2, out Vector128<float> s3)
    {
        var first = Vector128.Create(x[0] * factor);
        var second = Vector128.Create(x[1] * factor);
        var pair = (first ^ Vector128.Create(-0f, 0f, -0f, 0f)) + (second ^ Vector128.Create(-0f, -0f, 0f, 0f));
        var sum = Vector128.Create(x[2] * factor + x[3] * factor);
        var difference = Vector128.Create(x[2] * factor - x[3] * factor);
        s0 = pair - sum;
        s1 = pair + difference;
        s2 = pair - difference;
        s3 = pair + sum;
    }

    /// <summary>
    /// The sums of two quads, one in each lane: entries 0 to 3, 4 to 7, 8 to 11 and 12 to 15. Bit for bit those of
    /// <see cref="Of(float*, float, out Vector128{float}, out Vector128{float}, out Vector128{float}, out Vector128{float})"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(
        Vector256<float> x, out Vector256<float> s0, out Vector256<float> s1, out Vector256<float> s2, out Vector256<float> s3)
    {
        var first = Avx.Permute(x, 0b00_00_00_00) ^ Vector256.Create(-0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f);
        var second = Avx.Permute(x, 0b01_01_01_01) ^ Vector256.Create(-0f, -0f, 0f, 0f, -0f, -0f, 0f, 0f);
        var third = Avx.Permute(x, 0b10_10_10_10);
        var fourth = Avx.Permute(x, 0b11_11_11_11);
        var pair = first + second;
        var sum = third + fourth;
        var difference = third - fourth;
        s0 = pair - sum;
        s1 = pair + difference;
        s2 = pair - difference;
        s3 = pair + sum;
    }

    /// <summary>The same for four quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(
        Vector512<float> x, out Vector512<float> s0, out Vector512<float> s1, out Vector512<float> s2, out Vector512<float> s3)
    {
        var oddSigns = Vector256.Create(-0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f);
        var highSigns = Vector256.Create(-0f, -0f, 0f, 0f, -0f, -0f, 0f, 0f);
        var first = Avx512F.Permute4x32(x, 0b00_00_00_00) ^ Vector512.Create(oddSigns, oddSigns);
        var second = Avx512F.Permute4x32(x, 0b01_01_01_01) ^ Vector512.Create(highSigns, highSigns);
        var third = Avx512F.Permute4x32(x, 0b10_10_10_10);
        var fourth = Avx512F.Permute4x32(x, 0b11_11_11_11);
        var pair = first + second;
        var sum = third + fourth;
        var difference = third - fourth;
        s0 = pair - sum;
        s1 = pair + difference;
        s2 = pair - difference;
        s3 = pair + sum;
    }
}
