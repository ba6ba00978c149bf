using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Quantised tables on AVX2: a byte shuffle looks one quad up for 16 rows in each lane. Table bytes are unsigned (biased). The bytes of two quads are
/// interleaved, so that those of a row are neighbours, which are added to words.
/// </summary>
internal static unsafe class Avx2Kernel<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int Part = 32;
    private const int PlaneBytes = 64;
    private const int ReadAhead = 4096;

    private static int HalfTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * PlaneBytes;
    }

    private static int SegmentTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks * 2 * HalfTables;
    }

    /// <summary>Multiplies a row block with every input row.</summary>
    public static void Multiply(in KernelArguments arguments)
    {
        for (var input = 0; input < arguments.Inputs; input++)
        {
            MultiplyOne(in arguments, input);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments, int input)
    {
        var ones = Vector256.Create(Opaque(1)).AsSByte();
        var stream = arguments.Stream;
        var inputs = arguments.Inputs;
        var tables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var floatScales = arguments.FloatScales;
        var bits = arguments.Bits;
        var sums = arguments.Sums + input * StreamLayout.BlockRows;
        var firstSums = arguments.Accumulate ? Vector256.Load(sums) : Vector256<float>.Zero;
        var lastSums = arguments.Accumulate ? Vector256.Load(sums + Vector256<float>.Count) : Vector256<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector256.Create(*steps);
            for (var bit = 0; bit < bits; bit++)
            {
                var high = default(RowWords);
                var low = default(RowWords);
                if (TShape.Split)
                {
                    AddHalf(stream, tables, ones, ref high, ref low);
                    var (firstHigh, firstLow) = (high.AddLanes(), low.AddLanes());
                    high = low = default;
                    AddHalf(stream + Part, tables + HalfTables, ones, ref high, ref low);
                    stream += 2 * Part;
                    firstSums = Fma.MultiplyAdd(First(firstHigh, firstLow, 4) * step, ScaleLoads.Next256(ref stream, floatScales), firstSums);
                    lastSums = Fma.MultiplyAdd(Last(firstHigh, firstLow, 4) * step, ScaleLoads.Next256(ref stream, floatScales), lastSums);
                }
                else
                {
                    AddChunk(ref stream, tables, ones, ref high, ref low);
                    if (TShape.Chunks > 1)
                    {
                        AddChunk(ref stream, tables + 2 * HalfTables, ones, ref high, ref low);
                    }

                    if (TShape.Chunks > 2)
                    {
                        AddChunk(ref stream, tables + 4 * HalfTables, ones, ref high, ref low);
                    }

                    if (TShape.Chunks > 3)
                    {
                        AddChunk(ref stream, tables + 6 * HalfTables, ones, ref high, ref low);
                    }
                }

                var quads = TShape.Split ? 4 : 8 * TShape.Chunks;
                var (highWords, lowWords) = (high.AddLanes(), low.AddLanes());
                firstSums = Fma.MultiplyAdd(First(highWords, lowWords, quads) * step, ScaleLoads.Next256(ref stream, floatScales), firstSums);
                lastSums = Fma.MultiplyAdd(Last(highWords, lowWords, quads) * step, ScaleLoads.Next256(ref stream, floatScales), lastSums);
            }

            tables += (nint)inputs * SegmentTables;
            steps += inputs;
        }

        firstSums.Store(sums);
        lastSums.Store(sums + Vector256<float>.Count);
    }

    // A constant that the compiler cannot see, so that it stays in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte Opaque(byte value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddChunk(ref byte* stream, byte* tables, Vector256<sbyte> ones, ref RowWords high, ref RowWords low)
    {
        Sse.Prefetch0(stream + ReadAhead);
        AddHalf(stream, tables, ones, ref high, ref low);
        AddHalf(stream + Part, tables + HalfTables, ones, ref high, ref low);
        stream += 2 * Part;
    }

    // Sixteen columns of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalf(byte* codes, byte* tables, Vector256<sbyte> ones, ref RowWords high, ref RowWords low)
    {
        var mask = Vector256.Create((byte)0x0F);
        var pairs = Vector256.Load(codes);
        var left = pairs & mask;
        var right = (pairs.AsUInt16() >>> 4).AsByte() & mask;
        high.Add(Avx2.Shuffle(Vector256.Load(tables), left), Avx2.Shuffle(Vector256.Load(tables + Part), right), ones);
        if (TPlanes.Count == 2)
        {
            low.Add(Avx2.Shuffle(Vector256.Load(tables + PlaneBytes), left), Avx2.Shuffle(Vector256.Load(tables + PlaneBytes + Part), right), ones);
        }
    }

    // Rows 0 to 7 stand in the low words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> First(Vector256<int> high, Vector256<int> low, int quads)
    {
        var mask = Vector256.Create(0xFFFF);
        return Total(high & mask, low & mask, quads);
    }

    // Rows 8 to 15 stand in the high words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Last(Vector256<int> high, Vector256<int> low, int quads) => Total(high >>> 16, low >>> 16, quads);

    // Adds the planes and takes the bias away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Total(Vector256<int> high, Vector256<int> low, int quads) => TPlanes.Count == 2
        ? Vector256.ConvertToSingle((high << 8) + low - Vector256.Create(quads << 15))
        : Vector256.ConvertToSingle(high - Vector256.Create(quads << 7));

    // Sums of one plane, apart for the lanes: words of rows 0 8 1 9 2 10 3 11, and of the others.
    private struct RowWords
    {
        private Vector256<short> first;
        private Vector256<short> last;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector256<byte> a, Vector256<byte> b, Vector256<sbyte> ones)
        {
            first += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), ones);
            last += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), ones);
        }

        // Words of rows 0 8 1 9 2 10 3 11 4 12 5 13 6 14 7 15.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector256<int> AddLanes() =>
            (Avx2.Permute2x128(first, last, 0x20) + Avx2.Permute2x128(first, last, 0x31)).AsInt32();
    }
}
