using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Signed sums of quads in 16 bits (two byte planes) or 8 bits, with a scale for each segment:
/// [segment][quads of a half chunk][plane: high bytes, then low bytes][4 quads][16].
/// </summary>
internal unsafe class SignedSumTables : GroupedTables
{
    // Below this a segment's largest sum, whose row has its largest input near 1, is taken for zero: its inverse would overflow.
    private const float Negligible = 1e-30f;

    // A plane of the four quads of a half chunk.
    private const int PlaneBytes = 4 * QuadSums.Entries;

    private const float DefaultSteps = 32760;
    private const float FastSteps = 127;

    private readonly int planes;

    /// <summary>Tables for prepacked weights and a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
    public SignedSumTables(PrepackedLayout layout, KernelPrecision precision)
        : base(layout) => planes = precision == KernelPrecision.Fast ? 1 : 2;

    public override int SegmentBytes => Layout.SegmentColumns / QuadSums.Inputs * QuadSums.Entries * planes;

    /// <summary>Whether top bytes are unsigned, as the kernels on byte shuffles take them: 2^15 (or 2^7) is added to the entries.</summary>
    protected virtual bool IsBiased => !Layout.RowsInDwords;

    private byte TopMask => (byte)(IsBiased ? 0x80 : 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        var steps = planes == 2 ? DefaultSteps : FastSteps;
        var unit = Layout.FloatScales ? 1f : ScaleLoads.HalfFactor;
        for (var segment = first; segment < end; segment++)
        {
            var x = padded + (segment * Layout.SegmentColumns);
            var largest = LargestSum(x, Layout.SegmentColumns);
            var negligible = largest < Negligible;
            var inverse = negligible ? 0 : steps / largest;
            scales[(nint)segment * inputs] = negligible ? 0 : largest / steps * unit;

            var table = tables + ((nint)segment * inputs * SegmentBytes);
            if (Avx512BW.IsSupported)
            {
                Quantise512(x, inverse, table);
            }
            else if (Avx2.IsSupported)
            {
                Quantise256(x, inverse, table);
            }
            else
            {
                Quantise128(x, inverse, table);
            }
        }
    }

    // Four quads at a time, in the four lanes, which fill a line of each plane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Quantise512(float* x, float inverse, byte* table)
    {
        var factor = Vector512.Create(inverse);
        var topMask = Vector512.Create(TopMask);
        var mask = Vector512.Create((short)255);
        var wide = planes == 2;
        for (var end = x + Layout.SegmentColumns; x < end; x += 4 * QuadSums.Inputs)
        {
            QuadSums.Of(Vector512.Load(x) * factor, out var s0, out var s1, out var s2, out var s3);
            var low = Avx512BW.PackSignedSaturate(Avx512F.ConvertToVector512Int32(s0), Avx512F.ConvertToVector512Int32(s1));
            var high = Avx512BW.PackSignedSaturate(Avx512F.ConvertToVector512Int32(s2), Avx512F.ConvertToVector512Int32(s3));
            if (wide)
            {
                (Avx512BW.PackSignedSaturate(low >> 8, high >> 8).AsByte() ^ topMask).Store(table);
                Avx512BW.PackUnsignedSaturate(low & mask, high & mask).Store(table + PlaneBytes);
                table += 2 * PlaneBytes;
            }
            else
            {
                (Avx512BW.PackSignedSaturate(low, high).AsByte() ^ topMask).Store(table);
                table += PlaneBytes;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Quantise256(float* x, float inverse, byte* table)
    {
        var factor = Vector256.Create(inverse);
        var topMask = Vector256.Create(TopMask);
        var mask = Vector256.Create((short)255);
        var wide = planes == 2;
        for (var k = 0; k < Layout.SegmentColumns; k += 2 * QuadSums.Inputs)
        {
            QuadSums.Of(Vector256.Load(x + k) * factor, out var s0, out var s1, out var s2, out var s3);
            var low = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(s0), Avx.ConvertToVector256Int32(s1));
            var high = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(s2), Avx.ConvertToVector256Int32(s3));
            var place = table + (k / 16 * planes * PlaneBytes) + (k % 16 * QuadSums.Entries / QuadSums.Inputs);
            if (wide)
            {
                (Avx2.PackSignedSaturate(low >> 8, high >> 8).AsByte() ^ topMask).Store(place);
                Avx2.PackUnsignedSaturate(low & mask, high & mask).Store(place + PlaneBytes);
            }
            else
            {
                (Avx2.PackSignedSaturate(low, high).AsByte() ^ topMask).Store(place);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Quantise128(float* x, float inverse, byte* table)
    {
        var topMask = Vector128.Create(TopMask);
        var mask = Vector128.Create((short)255);
        for (var quad = 0; quad < Layout.SegmentColumns / QuadSums.Inputs; quad++, x += QuadSums.Inputs)
        {
            QuadSums.Of(x, inverse, out var s0, out var s1, out var s2, out var s3);
            var low = Vector128.NarrowWithSaturation(Round(s0), Round(s1));
            var high = Vector128.NarrowWithSaturation(Round(s2), Round(s3));
            var place = table + (((quad / 4 * planes * 4) + (quad % 4)) * QuadSums.Entries);
            if (planes == 2)
            {
                (Vector128.NarrowWithSaturation(low >> 8, high >> 8).AsByte() ^ topMask).Store(place);
                Vector128.Narrow((low & mask).AsUInt16(), (high & mask).AsUInt16()).Store(place + PlaneBytes);
            }
            else
            {
                (Vector128.NarrowWithSaturation(low, high).AsByte() ^ topMask).Store(place);
            }
        }
    }

    /// <summary>The largest |x0|+|x1|+|x2|+|x3| of a segment's quads: no entry of their tables exceeds it.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="columns">Their number, a multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LargestSum(float* x, int columns)
    {
        if (Avx.IsSupported)
        {
            return LargestSum256(x, columns);
        }

        var largest = Vector128<float>.Zero;
        for (var k = 0; k < columns; k += 4 * QuadSums.Inputs)
        {
            var a = Vector128.Abs(Vector128.Load(x + k));
            var b = Vector128.Abs(Vector128.Load(x + k + 4));
            var c = Vector128.Abs(Vector128.Load(x + k + 8));
            var d = Vector128.Abs(Vector128.Load(x + k + 12));
            largest = Vector128.MaxNative(largest, PairSums(PairSums(a, b), PairSums(c, d)));
        }

        return MathF.Max(MathF.Max(largest[0], largest[1]), MathF.Max(largest[2], largest[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestSum256(float* x, int columns)
    {
        var largest = Vector256<float>.Zero;
        for (var k = 0; k < columns; k += 2 * Vector256<float>.Count)
        {
            var a = Vector256.Abs(Vector256.Load(x + k));
            var b = Vector256.Abs(Vector256.Load(x + k + Vector256<float>.Count));
            var pairs = Avx.Shuffle(a, b, 0b10_00_10_00) + Avx.Shuffle(a, b, 0b11_01_11_01);
            largest = Vector256.MaxNative(largest, pairs + Avx.Permute(pairs, 0b10_11_00_01));
        }

        var half = Vector128.MaxNative(largest.GetLower(), largest.GetUpper());
        return MathF.Max(half[0], half[2]);
    }

    // (a0+a1, a2+a3, b0+b1, b2+b3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> a, Vector128<float> b) => VectorParts.Even(a, b) + VectorParts.Odd(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(Vector128<float> value) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Int32(value) : Vector128.ConvertToInt32Native(Vector128.Round(value));
}
