using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>Rounds tables of any numbers to what the kernels of <see cref="SignedSumTables"/> look up.</summary>
internal sealed unsafe class QuantisedTables
{
    private const int Entries = 16;

    // Below this a segment's largest entry, whose row has its largest input near 1, is taken for zero: its inverse would overflow.
    private const float Negligible = 1e-34f;

    private const float DefaultSteps = 32760;
    private const float FastSteps = 127;

    private readonly int planes;
    private readonly int quads;
    private readonly float unit;
    private readonly byte bias;

    /// <summary>Tables for prepacked weights and a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
    public QuantisedTables(PrepackedLayout layout, KernelPrecision precision)
    {
        planes = precision == KernelPrecision.Fast ? 1 : 2;
        quads = layout.SegmentColumns / QuadSums.Inputs;
        unit = layout.FloatScales ? 1f : ScaleLoads.HalfFactor;
        bias = (byte)(layout.RowsInDwords ? 0 : 0x80);
    }

    /// <summary>Bytes of the tables of one segment.</summary>
    public int SegmentBytes => quads * Entries * planes;

    /// <summary>Rounds the tables of a segment.</summary>
    /// <param name="entries">[nibble of the segment][16], aligned to 64 bytes.</param>
    /// <param name="tables">Out: the tables.</param>
    /// <returns>What a unit of the rounded entries stands for.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public float Store(float* entries, byte* tables)
    {
        var steps = planes == 2 ? DefaultSteps : FastSteps;
        var largest = Largest(entries);
        var negligible = largest < Negligible;
        var factor = negligible ? 0 : steps / largest;
        if (Avx512BW.IsSupported)
        {
            Store512(entries, Vector512.Create(factor), tables);
        }
        else
        {
            Store128(entries, Vector128.Create(factor), tables);
        }

        return negligible ? 0 : largest / steps * unit;
    }

    // Four tables at a time: packing leaves a double word of each in every lane, which a permutation brings together.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store512(float* entries, Vector512<float> inverse, byte* tables)
    {
        var topMask = Vector512.Create(bias);
        var mask = Vector512.Create((short)255);
        var order = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        for (var end = entries + (quads * Entries); entries < end; entries += 4 * Entries)
        {
            var low = Avx512BW.PackSignedSaturate(Round(entries, inverse), Round(entries + Entries, inverse));
            var high = Avx512BW.PackSignedSaturate(Round(entries + (2 * Entries), inverse), Round(entries + (3 * Entries), inverse));
            if (planes == 2)
            {
                var top = Avx512BW.PackSignedSaturate(low >> 8, high >> 8).AsInt32();
                var bottom = Avx512BW.PackUnsignedSaturate(low & mask, high & mask).AsInt32();
                (Avx512F.PermuteVar16x32(top, order).AsByte() ^ topMask).Store(tables);
                Avx512F.PermuteVar16x32(bottom, order).AsByte().Store(tables + (4 * Entries));
            }
            else
            {
                (Avx512F.PermuteVar16x32(Avx512BW.PackSignedSaturate(low, high).AsInt32(), order).AsByte() ^ topMask).Store(tables);
            }

            tables += planes * 4 * Entries;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Round(float* entries, Vector512<float> inverse) => Avx512F.ConvertToVector512Int32(Vector512.Load(entries) * inverse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store128(float* entries, Vector128<float> inverse, byte* tables)
    {
        var topMask = Vector128.Create(bias);
        var mask = Vector128.Create((short)255);
        for (var quad = 0; quad < quads; quad++, entries += Entries)
        {
            var low = Vector128.NarrowWithSaturation(Round(Vector128.Load(entries) * inverse), Round(Vector128.Load(entries + 4) * inverse));
            var high = Vector128.NarrowWithSaturation(Round(Vector128.Load(entries + 8) * inverse), Round(Vector128.Load(entries + 12) * inverse));
            var place = tables + (((quad / 4 * planes * 4) + (quad % 4)) * Entries);
            if (planes == 2)
            {
                (Vector128.NarrowWithSaturation(low >> 8, high >> 8).AsByte() ^ topMask).Store(place);
                Vector128.Narrow((low & mask).AsUInt16(), (high & mask).AsUInt16()).Store(place + (4 * Entries));
            }
            else
            {
                (Vector128.NarrowWithSaturation(low, high).AsByte() ^ topMask).Store(place);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Largest(float* entries)
    {
        var end = entries + (quads * Entries);
        if (Avx512F.IsSupported)
        {
            var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (; entries < end; entries += 2 * Entries)
            {
                even = Vector512.MaxNative(even, Vector512.Abs(Vector512.Load(entries)));
                odd = Vector512.MaxNative(odd, Vector512.Abs(Vector512.Load(entries + Entries)));
            }

            even = Vector512.MaxNative(even, odd);
            var half = Vector256.MaxNative(even.GetLower(), even.GetUpper());
            var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
            return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
        }

        var a = Vector128<float>.Zero;
        var b = Vector128<float>.Zero;
        for (; entries < end; entries += 8)
        {
            a = Vector128.MaxNative(a, Vector128.Abs(Vector128.Load(entries)));
            b = Vector128.MaxNative(b, Vector128.Abs(Vector128.Load(entries + 4)));
        }

        a = Vector128.MaxNative(a, b);
        return MathF.Max(MathF.Max(a[0], a[1]), MathF.Max(a[2], a[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(Vector128<float> value) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Int32(value) : Vector128.ConvertToInt32Native(Vector128.Round(value));
}
