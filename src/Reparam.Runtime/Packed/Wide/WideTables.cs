using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Signed sums of six inputs (<see cref="WideSets"/>) with a scale for each segment, for <see cref="WideKernel{TShape, TPlanes}"/>: [segment][four input rows][pair of sets][input row][2 tables].
/// A table of words has the 32 sums in which the sixth input is subtracted; the others are their negatives. A table of bytes has all 64.
/// Entry n adds input j when bit j of n is set. Needs AVX-512.
/// </summary>
internal sealed unsafe class WideTables : GroupedTables
{
    /// <summary>Input rows that are looked up together.</summary>
    public const int InputsTogether = 4;

    // Two tables.
    private const int PairBytes = 2 * TableBytes;
    private const int TableBytes = 64;

    // As in SignedSumTables.
    private const float Negligible = 1e-30f;
    private const float WideSteps = 32760;
    private const float NarrowSteps = 127;

    // Sets of a segment, at most, and so the floats from the first inputs of all sets to the second ones.
    private const int Lanes = 32;

    private readonly int planes;
    private readonly int sets;

    // [input of the set][Lanes]: its place in the segment; that of a zero, behind the segment, for none.
    private readonly byte[] places = new byte[WideSets.Inputs * Lanes];

    /// <summary>Tables for a stream with rows in dwords, in a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
    public WideTables(StreamLayout layout, KernelPrecision precision)
        : base(layout)
    {
        planes = precision == KernelPrecision.Fast ? 1 : 2;
        var columns = new WideSets(layout, planes);
        sets = columns.Count;
        Array.Fill(places, (byte)layout.SegmentColumns);
        for (var set = 0; set < sets; set++)
        {
            for (var i = 0; i < WideSets.Inputs; i++)
            {
                if (columns.Columns(set)[i] is var column and >= 0)
                {
                    places[(i * Lanes) + set] = (byte)column;
                }
            }
        }
    }

    public override int SegmentBytes => sets * TableBytes;

    public override int RowsTogether => InputsTogether;

    public override nint RowOffset(int input) => (nint)(input / InputsTogether) * InputsTogether * SegmentBytes + (input % InputsTogether * PairBytes);

    // Tables of both precisions take the same room.
    public override bool Equals(TablePlan? other) => base.Equals(other) && ((WideTables)other!).planes == planes;

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), planes);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        var steps = planes == 2 ? WideSteps : NarrowSteps;
        var unit = Layout.FloatScales ? 1f : ScaleLoads.HalfFactor;
        var width = Layout.SegmentColumns;
        var columns = stackalloc float[width + 1];
        var x = stackalloc float[WideSets.Inputs * Lanes];
        for (var segment = first; segment < end; segment++)
        {
            new ReadOnlySpan<float>(padded + (segment * width), width).CopyTo(new Span<float>(columns, width));
            columns[width] = 0;
            for (var i = 0; i < WideSets.Inputs * Lanes; i++)
            {
                x[i] = columns[places[i]];
            }

            var largest = LargestSum(x);
            var negligible = largest < Negligible;
            Scale(x, negligible ? 0 : steps / largest);
            scales[(nint)segment * inputs] = negligible ? 0 : largest / steps * unit;

            var table = tables + ((nint)segment * inputs * SegmentBytes);
            for (var set = 0; set < sets; set++)
            {
                var place = table + (set / 2 * InputsTogether * PairBytes) + (set % 2 * TableBytes);
                if (planes == 2)
                {
                    StoreWords(x + set, place);
                }
                else
                {
                    StoreBytes(x + set, place);
                }
            }
        }
    }

    // The largest sum of magnitudes of a set: no entry exceeds it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestSum(float* x)
    {
        var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < WideSets.Inputs; i++)
        {
            even += Vector512.Abs(Vector512.Load(x + (i * Lanes)));
            odd += Vector512.Abs(Vector512.Load(x + (i * Lanes) + Vector512<float>.Count));
        }

        even = Vector512.MaxNative(even, odd);
        var half = Vector256.MaxNative(even.GetLower(), even.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(float* x, float factor)
    {
        for (var i = 0; i < WideSets.Inputs * Lanes; i += Vector512<float>.Count)
        {
            (Vector512.Load(x + i) * factor).Store(x + i);
        }
    }

    // Packing joins the lanes of two vectors, lane by lane: bits 0 and 1 of an entry's number are its place in a vector's lane, bit 2 the vector, bits 3 and 4 the lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreWords(float* x, byte* place)
    {
        var sum = FourSigns(x, 0, 1, 3, 4) - Vector512.Create(x[5 * Lanes]);
        var third = Vector512.Create(x[2 * Lanes]);
        Avx512BW.PackSignedSaturate(Round(sum - third), Round(sum + third)).Store((short*)place);
    }

    // Bits 0 and 1 are the place in a lane, bits 2 and 3 the vector, bits 4 and 5 the lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreBytes(float* x, byte* place)
    {
        var rest = FourSigns(x, 0, 1, 4, 5);
        var (third, fourth) = (Vector512.Create(x[2 * Lanes]), Vector512.Create(x[3 * Lanes]));
        var (sum, difference) = (third + fourth, third - fourth);
        var low = Avx512BW.PackSignedSaturate(Round(rest - sum), Round(rest + difference));
        var high = Avx512BW.PackSignedSaturate(Round(rest - difference), Round(rest + sum));
        Avx512BW.PackSignedSaturate(low, high).Store((sbyte*)place);
    }

    // All signs of four inputs: bits 0 and 1 of the lane's element choose those of a and b, bits 0 and 1 of the lane's number those of c and d.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FourSigns(float* x, int a, int b, int c, int d) =>
        (Vector512.Create(x[a * Lanes]) ^ Vector512.Create(-0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f, -0f, 0f))
        + (Vector512.Create(x[b * Lanes]) ^ Vector512.Create(-0f, -0f, 0f, 0f, -0f, -0f, 0f, 0f, -0f, -0f, 0f, 0f, -0f, -0f, 0f, 0f))
        + ((Vector512.Create(x[c * Lanes]) ^ Vector512.Create(-0f, -0f, -0f, -0f, 0f, 0f, 0f, 0f, -0f, -0f, -0f, -0f, 0f, 0f, 0f, 0f))
            + (Vector512.Create(x[d * Lanes]) ^ Vector512.Create(-0f, -0f, -0f, -0f, -0f, -0f, -0f, -0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Round(Vector512<float> value) => Avx512F.ConvertToVector512Int32(value);
}
