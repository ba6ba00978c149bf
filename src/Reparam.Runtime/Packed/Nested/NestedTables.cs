using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The tables of nested weights, whose entries are multiplied by amplitudes of up to 127: signed bytes, in two planes (256·high + low) or one.
/// [segment]{ [set][quad of a group][plane][4 groups][16], then <see cref="NestedInputSums"/> }.
/// </summary>
internal sealed unsafe class NestedTables : TablePlan
{
    // Exponent that the scales have, so that products with a widened half stay normal numbers.
    private const int ScaleExponent = 60;
    private const float ScaleUnit = 1L << ScaleExponent;

    // Below this a segment's largest sum, whose row has its largest input near 1, is taken for zero: its inverse would overflow.
    private const float Negligible = 1e-30f;

    // 127 high steps: the low byte is signed, so 128 more would round up to 128.
    private const float DefaultSteps = (127 * 256) + 127;
    private const float FastSteps = 127;

    // A plane of the tables that are looked up together: a quad of each group.
    private const int QuadBytes = NestedColumns.SetGroups * QuadSums.Entries;

    // Those of a set, a quad of a group after the other.
    private const int SetBytes = NestedColumns.SetGroups * QuadBytes;

    private readonly NestedColumns layout;
    private readonly int planes;

    /// <summary>Tables for prepacked weights and a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
    public NestedTables(NestedColumns layout, KernelPrecision precision)
    {
        this.layout = layout;
        planes = precision == KernelPrecision.Fast ? 1 : 2;
        Segments = layout.Segments;
        SegmentBytes = (layout.SegmentColumns / QuadSums.Inputs * QuadSums.Entries * planes) + NestedInputSums.Bytes;
    }

    public override int Columns => layout.Columns;

    public override int PaddedColumns => layout.PaddedColumns;

    public override int Segments { get; }

    public override int SegmentBytes { get; }

    public override int SumExponent => ScaleLoads.HalfExponent - ScaleExponent;

    public override bool Equals(TablePlan? other) => other is NestedTables tables && tables.layout == layout && tables.planes == planes;

    public override int GetHashCode() => HashCode.Combine(layout, planes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        var steps = planes == 2 ? DefaultSteps : FastSteps;
        for (var segment = first; segment < end; segment++)
        {
            var x = padded + ((nint)segment * layout.SegmentColumns);
            var table = tables + ((nint)segment * inputs * SegmentBytes);
            var largest = SignedSumTables.LargestSum(x, layout.SegmentColumns);
            var negligible = largest < Negligible;
            var inverse = negligible ? 0 : steps / largest;
            scales[(nint)segment * inputs] = negligible ? 0 : largest / steps * ScaleUnit;
            for (var set = 0; set < layout.Sets; set++, x += NestedColumns.SetColumns, table += planes * SetBytes)
            {
                if (Avx512BW.IsSupported)
                {
                    WriteSet512(x, inverse, table);
                }
                else
                {
                    WriteSet128(x, inverse, table);
                }
            }

            ((NestedInputSums*)table)->Write(x - layout.SegmentColumns, layout.Sets, ScaleUnit);
        }
    }

    protected override void Arrange(ReadOnlySpan<float> x, int shift, Span<float> padded)
    {
        for (var segment = 0; segment < layout.Segments; segment++)
        {
            var (first, count) = layout.Run(segment);
            var place = padded.Slice(segment * layout.SegmentColumns, layout.SegmentColumns);
            InputRange.Scale(x.Slice(first, count), shift, place);
            place[count..].Clear();
        }
    }

    // The quads of a group lie in a register, those of the tables that a kernel looks up together in the four lanes of another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteSet512(float* x, float inverse, byte* place)
    {
        var factor = Vector512.Create(inverse);
        var a = Vector512.Load(x) * factor;
        var b = Vector512.Load(x + NestedMatrix.GroupSize) * factor;
        var c = Vector512.Load(x + (2 * NestedMatrix.GroupSize)) * factor;
        var d = Vector512.Load(x + (3 * NestedMatrix.GroupSize)) * factor;
        var evenLow = Avx512F.Shuffle4x128(a, b, 0b10_00_10_00);
        var evenHigh = Avx512F.Shuffle4x128(c, d, 0b10_00_10_00);
        var oddLow = Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
        var oddHigh = Avx512F.Shuffle4x128(c, d, 0b11_01_11_01);
        WriteQuads512(Avx512F.Shuffle4x128(evenLow, evenHigh, 0b10_00_10_00), place);
        WriteQuads512(Avx512F.Shuffle4x128(oddLow, oddHigh, 0b10_00_10_00), place + (planes * QuadBytes));
        WriteQuads512(Avx512F.Shuffle4x128(evenLow, evenHigh, 0b11_01_11_01), place + (2 * planes * QuadBytes));
        WriteQuads512(Avx512F.Shuffle4x128(oddLow, oddHigh, 0b11_01_11_01), place + (3 * planes * QuadBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteQuads512(Vector512<float> x, byte* place)
    {
        QuadSums.Of(x, out var s0, out var s1, out var s2, out var s3);
        var first = Avx512BW.PackSignedSaturate(Avx512F.ConvertToVector512Int32(s0), Avx512F.ConvertToVector512Int32(s1));
        var second = Avx512BW.PackSignedSaturate(Avx512F.ConvertToVector512Int32(s2), Avx512F.ConvertToVector512Int32(s3));
        if (planes == 1)
        {
            Avx512BW.PackSignedSaturate(first, second).AsByte().Store(place);
            return;
        }

        var half = Vector512.Create((short)128);
        var mask = Vector512.Create((short)255);
        Avx512BW.PackSignedSaturate((first + half) >> 8, (second + half) >> 8).AsByte().Store(place);
        Avx512BW.PackUnsignedSaturate(first & mask, second & mask).Store(place + QuadBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteSet128(float* x, float inverse, byte* place)
    {
        for (var quad = 0; quad < NestedColumns.SetGroups; quad++, x += QuadSums.Inputs, place += planes * QuadBytes)
        {
            for (var group = 0; group < NestedColumns.SetGroups; group++)
            {
                WriteQuad(x + (NestedMatrix.GroupSize * group), inverse, place + (QuadSums.Entries * group));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteQuad(float* x, float inverse, byte* place)
    {
        QuadSums.Of(x, inverse, out var s0, out var s1, out var s2, out var s3);
        var first = Vector128.NarrowWithSaturation(Round(s0), Round(s1));
        var second = Vector128.NarrowWithSaturation(Round(s2), Round(s3));
        if (planes == 1)
        {
            Vector128.NarrowWithSaturation(first, second).AsByte().Store(place);
            return;
        }

        var half = Vector128.Create((short)128);
        var mask = Vector128.Create((short)255);
        Vector128.NarrowWithSaturation((first + half) >> 8, (second + half) >> 8).AsByte().Store(place);
        Vector128.Narrow((first & mask).AsUInt16(), (second & mask).AsUInt16()).Store(place + QuadBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(Vector128<float> value) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Int32(value) : Vector128.ConvertToInt32Native(Vector128.Round(value));
}
