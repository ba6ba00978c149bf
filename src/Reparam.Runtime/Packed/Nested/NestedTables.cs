using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The tables of nested weights, whose entries are multiplied by amplitudes of up to 127: signed bytes, in two planes (256·high + low) or one.
/// [segment]{ [set][quad of a group][plane][4 groups][16], then <see cref="NestedInputSums"/> }.
/// </summary>
internal sealed unsafe class NestedTables : TablePlan
{
    /// <summary>Exponent that the scales carry, so that products with a widened half stay normal numbers.</summary>
    private const int ScaleExponent = 60;

    // Below this a segment's largest sum, whose row has its largest input near 1, is taken for zero: its inverse would overflow.
    private const float Negligible = 1e-30f;

    // 127 high steps: the low byte is signed, so 128 more would round up to 128.
    private const float WideSteps = (127 * 256) + 127;
    private const float NarrowSteps = 127;

    private readonly NestedColumns layout;
    private readonly int planes;

    /// <summary>Tables for a stream and a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
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
        var steps = planes == 2 ? WideSteps : NarrowSteps;
        for (var segment = first; segment < end; segment++)
        {
            var x = padded + ((nint)segment * layout.SegmentColumns);
            var table = tables + ((nint)segment * inputs * SegmentBytes);
            var largest = LargestSum(x, layout.SegmentColumns);
            var negligible = largest < Negligible;
            var inverse = negligible ? 0 : steps / largest;
            scales[(nint)segment * inputs] = negligible ? 0 : MathF.ScaleB(largest / steps, ScaleExponent);
            for (var set = 0; set < layout.Sets; set++)
            {
                for (var quad = 0; quad < NestedColumns.SetGroups; quad++)
                {
                    for (var group = 0; group < NestedColumns.SetGroups; group++)
                    {
                        WriteQuad(x + (NestedColumns.SetGroups * ((NestedColumns.SetGroups * group) + quad)), inverse, table + (QuadSums.Entries * group));
                    }

                    table += planes * NestedColumns.SetGroups * QuadSums.Entries;
                }

                x += NestedColumns.SetColumns;
            }

            ((NestedInputSums*)table)->Write(x - layout.SegmentColumns, layout.Sets, ScaleExponent);
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
        Vector128.Narrow((first & mask).AsUInt16(), (second & mask).AsUInt16()).Store(place + (NestedColumns.SetGroups * QuadSums.Entries));
    }

    // The largest |x0|+|x1|+|x2|+|x3| of a segment's quads: no entry of their tables exceeds it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestSum(float* x, int columns)
    {
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

    // (a0+a1, a2+a3, b0+b1, b2+b3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> a, Vector128<float> b) => VectorParts.Even(a, b) + VectorParts.Odd(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(Vector128<float> value) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Int32(value) : Vector128.ConvertToInt32Native(Vector128.Round(value));
}
