using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Signed sums of quads in single precision: [quad][16] floats, or, for byte shuffles, with the four bytes of the entries parted: [two quads][byte of the
/// entry][quad][16].
/// </summary>
internal sealed unsafe class ExactTables : GroupedTables
{
    /// <summary>Bytes of a quad.</summary>
    public const int QuadBytes = QuadSums.Entries * sizeof(float);

    // Products with a widened half (down to 2^-136) stay normal numbers.
    private const int LargestExponent = 60;

    /// <summary>Tables for prepacked weights.</summary>
    public ExactTables(PrepackedLayout layout)
        : base(layout)
    {
    }

    public override int SegmentBytes => Layout.SegmentColumns / QuadSums.Inputs * QuadBytes;

    public override int InputExponent => LargestExponent;

    public override int SumExponent => Layout.FloatScales ? 0 : ScaleLoads.HalfExponent;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        for (var segment = first; segment < end; segment++)
        {
            var x = padded + (segment * Layout.SegmentColumns);
            var table = tables + ((nint)segment * inputs * SegmentBytes);
            for (var quad = 0; quad < Layout.SegmentColumns / QuadSums.Inputs; quad++, x += QuadSums.Inputs)
            {
                QuadSums.Of(x, 1, out var s0, out var s1, out var s2, out var s3);
                if (Layout.RowsInDwords)
                {
                    var place = (float*)(table + (quad * QuadBytes));
                    s0.Store(place);
                    s1.Store(place + 4);
                    s2.Store(place + 8);
                    s3.Store(place + 12);
                    continue;
                }

                var planes = table + (quad / 2 * 2 * QuadBytes) + (quad % 2 * 16);
                StorePlane(s0.AsUInt32(), s1.AsUInt32(), s2.AsUInt32(), s3.AsUInt32(), planes);
                StorePlane(s0.AsUInt32() >> 8, s1.AsUInt32() >> 8, s2.AsUInt32() >> 8, s3.AsUInt32() >> 8, planes + 32);
                StorePlane(s0.AsUInt32() >> 16, s1.AsUInt32() >> 16, s2.AsUInt32() >> 16, s3.AsUInt32() >> 16, planes + 64);
                StorePlane(s0.AsUInt32() >> 24, s1.AsUInt32() >> 24, s2.AsUInt32() >> 24, s3.AsUInt32() >> 24, planes + 96);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePlane(Vector128<uint> e0, Vector128<uint> e1, Vector128<uint> e2, Vector128<uint> e3, byte* place)
    {
        var mask = Vector128.Create(255u);
        Vector128.Narrow(Vector128.Narrow(e0 & mask, e1 & mask), Vector128.Narrow(e2 & mask, e3 & mask)).Store(place);
    }
}
