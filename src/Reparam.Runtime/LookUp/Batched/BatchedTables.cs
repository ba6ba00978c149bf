using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Signed sums of six inputs (<see cref="BatchedSets"/>) with a scale for each segment, for <see cref="BatchedKernel{TShape, TPlanes}"/>: [segment][four
/// input rows][pair of sets][input row][2 tables]. A table of words has the 32 sums in which the sixth input is subtracted; the others are their negatives.
/// A table of bytes has all 64. Entry n adds input j when bit j of n is set. Needs AVX-512.
/// </summary>
internal sealed unsafe class BatchedTables : GroupedTables
{
    /// <summary>Input rows that are looked up together.</summary>
    public const int InputsTogether = 4;

    // Two tables.
    private const int PairBytes = 2 * TableBytes;
    private const int TableBytes = 64;

    // As in SignedSumTables.
    private const float Negligible = 1e-30f;
    private const float DefaultSteps = 32760;
    private const float FastSteps = 127;

    // Floats from the first inputs of all sets to the second ones. There are no more sets.
    private const int Lanes = 32;

    private readonly int planes;
    private readonly int sets;

    // [input of the set][Lanes]: its place in the segment; -1 for none.
    private readonly int[] places = new int[BatchedSets.Inputs * Lanes];

    /// <summary>Tables for prepacked weights with rows in dwords, in a precision other than <see cref="KernelPrecision.Exact"/>.</summary>
    public BatchedTables(PrepackedLayout layout, KernelPrecision precision)
        : base(layout)
    {
        planes = precision == KernelPrecision.Fast ? 1 : 2;
        var columns = new BatchedSets(layout, planes);
        sets = columns.Count;
        Array.Fill(places, -1);
        for (var set = 0; set < sets; set++)
        {
            for (var i = 0; i < BatchedSets.Inputs; i++)
            {
                places[(i * Lanes) + set] = columns.Columns(set)[i];
            }
        }
    }

    public override int SegmentBytes => sets * TableBytes;

    public override int RowsTogether => InputsTogether;

    public override nint RowOffset(int input) => (nint)(input / InputsTogether) * InputsTogether * SegmentBytes + (input % InputsTogether * PairBytes);

    // Tables of both precisions take the same space.
    public override bool Equals(TablePlan? other) => base.Equals(other) && ((BatchedTables)other!).planes == planes;

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), planes);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs)
    {
        var steps = planes == 2 ? DefaultSteps : FastSteps;
        var unit = Layout.FloatScales ? 1f : ScaleLoads.HalfFactor;
        var x = stackalloc float[BatchedSets.Inputs * Lanes];
        var (signs0, signs1, signs2, signs3) = (Signs(0), Signs(1), Signs(2), Signs(3));
        var next = (nint)inputs * SegmentBytes;
        for (var segment = first; segment < end; segment++)
        {
            Gather(padded + (segment * Layout.SegmentColumns), x);
            var largest = LargestSum(x);
            var negligible = largest < Negligible;
            var factor = Vector512.Create(negligible ? 0 : steps / largest);
            scales[(nint)segment * inputs] = negligible ? 0 : largest / steps * unit;

            var table = tables + (segment * next);
            for (var i = 0; i < BatchedSets.Inputs * Lanes; i += Vector512<float>.Count)
            {
                (Vector512.Load(x + i) * factor).Store(x + i);
            }

            for (var set = 0; set < sets; set++)
            {
                var place = table + (set / 2 * InputsTogether * PairBytes) + (set % 2 * TableBytes);
                Sse.Prefetch0(place + next);
                var (x0, x1, x2) = (Input(x, set, 0), Input(x, set, 1), Input(x, set, 2));
                var (x3, x4, x5) = (Input(x, set, 3), Input(x, set, 4), Input(x, set, 5));
                if (planes == 2)
                {
                    // Packing joins the lanes of two vectors, lane by lane: bits 0 and 1 of an entry's number are its place in a vector's lane, bit 2 the
                    // vector, bits 3 and 4 the lane.
                    Words(Sum(x0, signs0, x1, signs1, x3, signs2, x4, signs3) - x5, x2).Store((short*)place);
                }
                else
                {
                    // Bits 0 and 1 are the place in a lane, bits 2 and 3 the vector, bits 4 and 5 the lane.
                    var sum = Sum(x0, signs0, x1, signs1, x4, signs2, x5, signs3);
                    Avx512BW.PackSignedSaturate(Words(sum - x3, x2), Words(sum + x3, x2)).Store((sbyte*)place);
                }
            }
        }
    }

    // The inputs of a segment as [input of the set][Lanes], each chunk of 32 columns in two registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Gather(float* columns, float* x)
    {
        const int Half = PrepackedLayout.ChunkColumns / 2;
        var chunks = Layout.Chunks;
        var (a0, a1) = (Vector512.Load(columns), Vector512.Load(columns + Half));
        var (b0, b1) = chunks > 1 ? (Vector512.Load(columns + (2 * Half)), Vector512.Load(columns + (3 * Half))) : (a0, a1);
        var (c0, c1) = chunks > 2 ? (Vector512.Load(columns + (4 * Half)), Vector512.Load(columns + (5 * Half))) : (a0, a1);
        var (d0, d1) = chunks > 3 ? (Vector512.Load(columns + (6 * Half)), Vector512.Load(columns + (7 * Half))) : (a0, a1);
        fixed (int* first = places)
        {
            for (var i = 0; i < BatchedSets.Inputs * Lanes; i += Vector512<float>.Count)
            {
                var place = Vector512.Load(first + i);
                var values = Avx512F.PermuteVar16x32x2(a0, place, a1);
                if (chunks > 1)
                {
                    var isEven = Vector512.Equals(place & Vector512.Create(2 * Half), Vector512<int>.Zero).AsSingle();
                    values = Vector512.ConditionalSelect(isEven, values, Avx512F.PermuteVar16x32x2(b0, place, b1));
                    if (chunks > 2)
                    {
                        var later = Vector512.ConditionalSelect(isEven, Avx512F.PermuteVar16x32x2(c0, place, c1), Avx512F.PermuteVar16x32x2(d0, place, d1));
                        values = Vector512.ConditionalSelect(Vector512.LessThan(place, Vector512.Create(4 * Half)).AsSingle(), values, later);
                    }
                }

                Vector512.AndNot(values, (place >> 31).AsSingle()).Store(x + i);
            }
        }
    }

    // The largest sum of magnitudes of a set: no entry exceeds it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestSum(float* x)
    {
        var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < BatchedSets.Inputs; i++)
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
    private static Vector512<float> Input(float* x, int set, int input) => Vector512.Create(x[(input * Lanes) + set]);

    // Four inputs with their signs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(
        Vector512<float> a, Vector512<float> signsA, Vector512<float> b, Vector512<float> signsB, Vector512<float> c, Vector512<float> signsC,
        Vector512<float> d, Vector512<float> signsD) =>
        Vector512.FusedMultiplyAdd(d, signsD, Vector512.FusedMultiplyAdd(c, signsC, Vector512.FusedMultiplyAdd(b, signsB, a * signsA)));

    // Sums without and with another input.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Words(Vector512<float> sum, Vector512<float> third) =>
        Avx512BW.PackSignedSaturate(Avx512F.ConvertToVector512Int32(sum - third), Avx512F.ConvertToVector512Int32(sum + third));

    // 1 where a bit of the element's number is set, else -1. Not inlined: the compiler would load the constant again for each table.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> Signs(int bit)
    {
        var set = (Vector512<int>.Indices >>> bit) & Vector512<int>.One;
        return Vector512.ConvertToSingle(set + set - Vector512<int>.One);
    }
}
