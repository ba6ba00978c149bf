using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Weights in the layout block8 on AVX2. A byte shuffle looks one quad up for 16 rows in each lane; the two quads of eight columns that share a scale are interleaved and added to words. The words of
/// two such groups of columns are interleaved in turn, multiplied by the integers that stand for their scales, and added to double words. Their range is that of
/// <see cref="Avx512Block8Kernel{TShape, TPlanes, TSets}"/>, but for the low sums of four planes, which stay below 2^30 undivided.
/// </summary>
internal static unsafe class Avx2Block8Kernel<TShape, TPlanes, TSets>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
    where TSets : struct, IScaleSets
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
        var ones = Vector256.Create(Opaque(1));
        var stream = arguments.Stream;
        var inputs = arguments.Inputs;
        var segmentTables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var bits = arguments.Bits;
        var unitOffset = Block8Layout.UnitOffsetOf(bits, TShape.Chunks, TSets.Count);
        var headBytes = Block8Layout.HeadBytesOf(bits, TShape.Chunks, TSets.Count);
        var sums = arguments.Sums + input * StreamLayout.BlockRows;
        var firstSums = arguments.Accumulate ? Vector256.Load(sums) : Vector256<float>.Zero;
        var lastSums = arguments.Accumulate ? Vector256.Load(sums + Vector256<float>.Count) : Vector256<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var factors = stream;
            var units = (float*)(stream + unitOffset);
            stream += headBytes;
            var high = default(RowSums);
            var low = default(RowSums);
            for (var bit = 0; bit < bits; bit++)
            {
                var tables = segmentTables;
                for (var chunk = 0; chunk < TShape.Chunks; chunk++)
                {
                    AddChunk(stream, tables, Factors(factors), ones, ref high, ref low);
                    Sse.Prefetch0(stream + ReadAhead);
                    stream += 2 * Part;
                    tables += 2 * HalfTables;
                    factors += 2 * TSets.Count * sizeof(int);
                }
            }

            var step = Vector256.Create(*steps);
            var (firstHigh, lastHigh) = high.Rows();
            var (firstLow, lastLow) = low.Rows();
            firstSums = Fma.MultiplyAdd(Total(firstHigh, firstLow) * step, Vector256.Create(units[0]), firstSums);
            lastSums = Fma.MultiplyAdd(Total(lastHigh, lastLow) * step, Vector256.Create(units[TSets.Count - 1]), lastSums);
            segmentTables += (nint)inputs * SegmentTables;
            steps += inputs;
        }

        firstSums.Store(sums);
        lastSums.Store(sums + Vector256<float>.Count);
    }

    // A constant that the compiler cannot see, so that it stays in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte Opaque(byte value) => value;

    // The multipliers of two groups of columns in each lane, for all rows or for the rows 0 to 7 and 8 to 15, which take turns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Factors(byte* factors) => TSets.Count == 1
        ? Avx2.PermuteVar8x32(Vector256.Create(*(long*)factors).AsInt32(), Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1)).AsInt16()
        : Avx2.Permute4x64(Vector128.Load((long*)factors).ToVector256Unsafe(), 0b01_01_00_00).AsInt16();

    // Thirty-two columns of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddChunk(byte* codes, byte* tables, Vector256<short> factors, Vector256<byte> ones, ref RowSums high, ref RowSums low)
    {
        var mask = Vector256.Create((byte)0x0F);
        var first = Vector256.Load(codes);
        var last = Vector256.Load(codes + Part);
        var firstLeft = first & mask;
        var firstRight = (first.AsUInt16() >>> 4).AsByte() & mask;
        var lastLeft = last & mask;
        var lastRight = (last.AsUInt16() >>> 4).AsByte() & mask;
        var (a, b) = (LookUp(tables, firstLeft), LookUp(tables + Part, firstRight));
        var (c, d) = (LookUp(tables + HalfTables, lastLeft), LookUp(tables + (HalfTables + Part), lastRight));
        high.Add(
            Avx2.MultiplyAddAdjacent(ones, Avx2.UnpackLow(a, b).AsSByte()), Avx2.MultiplyAddAdjacent(ones, Avx2.UnpackHigh(a, b).AsSByte()),
            Avx2.MultiplyAddAdjacent(ones, Avx2.UnpackLow(c, d).AsSByte()), Avx2.MultiplyAddAdjacent(ones, Avx2.UnpackHigh(c, d).AsSByte()), factors);
        if (TPlanes.Count == 2)
        {
            tables += PlaneBytes;
            (a, b) = (LookUp(tables, firstLeft), LookUp(tables + Part, firstRight));
            (c, d) = (LookUp(tables + HalfTables, lastLeft), LookUp(tables + (HalfTables + Part), lastRight));
            low.Add(
                Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(a, b), ones.AsSByte()), Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(a, b), ones.AsSByte()),
                Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(c, d), ones.AsSByte()), Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(c, d), ones.AsSByte()), factors);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LookUp(byte* tables, Vector256<byte> index) => Avx2.Shuffle(Vector256.Load(tables), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Total(Vector256<int> high, Vector256<int> low) => TPlanes.Count == 2
        ? Fma.MultiplyAdd(Vector256.ConvertToSingle(high), Vector256.Create(256f), Vector256.ConvertToSingle(low))
        : Vector256.ConvertToSingle(high);

    // Sums of one plane of the tables, apart for the lanes: rows 0 8 1 9, then 2 10 3 11, 4 12 5 13 and 6 14 7 15.
    private struct RowSums
    {
        private Vector256<int> a;
        private Vector256<int> b;
        private Vector256<int> c;
        private Vector256<int> d;

        /// <summary>Adds two groups of columns in each lane: words of rows 0 8 1 9 2 10 3 11, and of the others.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector256<short> first, Vector256<short> last, Vector256<short> nextFirst, Vector256<short> nextLast, Vector256<short> factors)
        {
            a += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(first, nextFirst), factors);
            b += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(first, nextFirst), factors);
            c += Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(last, nextLast), factors);
            d += Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(last, nextLast), factors);
        }

        /// <summary>The rows 0 to 7 and 8 to 15.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly (Vector256<int> First, Vector256<int> Last) Rows()
        {
            var left = (Avx2.Permute2x128(a, b, 0x20) + Avx2.Permute2x128(a, b, 0x31)).AsSingle();
            var right = (Avx2.Permute2x128(c, d, 0x20) + Avx2.Permute2x128(c, d, 0x31)).AsSingle();
            var even = Avx.Shuffle(left, right, 0b10_00_10_00).AsInt64();
            var odd = Avx.Shuffle(left, right, 0b11_01_11_01).AsInt64();
            return (Avx2.Permute4x64(even, 0b11_01_10_00).AsInt32(), Avx2.Permute4x64(odd, 0b11_01_10_00).AsInt32());
        }
    }
}
