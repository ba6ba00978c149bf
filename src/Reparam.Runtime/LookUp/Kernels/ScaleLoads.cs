using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Loads of a unit's scales. A half is widened by moving its bits into the fields of a single: exact, subnormals included, but for a factor 2^112
/// that the tables' scales or the final factor make good. No processor feature is needed, and no sign is allowed.
/// </summary>
internal static unsafe class ScaleLoads
{
    /// <summary>Exponent by which a half, widened by a shift, is too small.</summary>
    public const int HalfExponent = 112;

    /// <summary>2^<see cref="HalfExponent"/>.</summary>
    public const float HalfFactor = 5192296858534827628530496329220096f;

    private const int Rows = PrepackedLayout.BlockRows;

    /// <summary>Scales of 16 rows; moves past them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Next512(ref byte* weights, bool floatScales)
    {
        if (floatScales)
        {
            var scales = Vector512.Load((float*)weights);
            weights += Rows * sizeof(float);
            return scales;
        }

        var halves = Vector256.Load((ushort*)weights);
        weights += Rows * sizeof(ushort);
        return (Avx512F.ConvertToVector512UInt32(halves) << 13).AsSingle();
    }

    /// <summary>Scales of 8 rows; moves past them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Next256(ref byte* weights, bool floatScales)
    {
        if (floatScales)
        {
            var scales = Vector256.Load((float*)weights);
            weights += Rows / 2 * sizeof(float);
            return scales;
        }

        var halves = Vector128.Load((ushort*)weights);
        weights += Rows / 2 * sizeof(ushort);
        return (Avx2.ConvertToVector256Int32(halves) << 13).AsSingle();
    }

    /// <summary>Scales of 4 rows; moves past them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Next128(ref byte* weights, bool floatScales)
    {
        if (floatScales)
        {
            var scales = Vector128.Load((float*)weights);
            weights += Rows / 4 * sizeof(float);
            return scales;
        }

        var halves = Vector128.CreateScalarUnsafe(*(ulong*)weights).AsUInt16();
        weights += Rows / 4 * sizeof(ushort);
        return (Vector128.WidenLower(halves) << 13).AsSingle();
    }
}
