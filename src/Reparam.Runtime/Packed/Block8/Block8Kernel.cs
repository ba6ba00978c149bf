using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Weights in the layout block8 by byte shuffles, which look one quad up for 16 rows in a lane. The two quads of eight columns that share a scale are
/// interleaved and added to words. The words of two such groups of columns are interleaved, multiplied by the integers that stand for their scales, and
/// added to double words, where they stay for a segment.
/// </summary>
/// <remarks>
/// Their range is that of <see cref="Avx512Block8Kernel{TShape, TPlanes, TSets}"/>, but for the low sums of four planes, which stay below 2^30 undivided.
/// </remarks>
internal static unsafe class Block8Kernel<TShape, TPlanes, TSets, TLanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
    where TSets : struct, IScaleSets
    where TLanes : unmanaged, IRowLanes<TLanes>
{
    // Sixteen columns of codes, two quads of tables.
    private const int Part = 32;
    private const int PlaneBytes = 2 * Part;
    private const int ReadAhead = 4096;
    private const int Quarter = PrepackedLayout.BlockRows / 4;

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
        var weights = arguments.Weights;
        var inputs = arguments.Inputs;
        var segmentTables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var bits = arguments.Bits;
        var unitOffset = Block8Layout.UnitOffsetOf(bits, TShape.Chunks, TSets.Count);
        var headBytes = Block8Layout.HeadBytesOf(bits, TShape.Chunks, TSets.Count);
        var sums = arguments.Sums + (input * PrepackedLayout.BlockRows);
        if (!arguments.Accumulate)
        {
            new Span<float>(sums, PrepackedLayout.BlockRows).Clear();
        }

        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var factors = (int*)weights;
            var units = (float*)(weights + unitOffset);
            weights += headBytes;
            var (high0, high1, high2, high3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (low0, low1, low2, low3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            for (var bit = 0; bit < bits; bit++)
            {
                var tables = segmentTables;
                for (var chunk = 0; chunk < TShape.Chunks; chunk++)
                {
                    for (nint lane = 0; lane < Part; lane += TLanes.Bytes)
                    {
                        var (first, second) = (TLanes.Load(weights + lane), TLanes.Load(weights + Part + lane));
                        var (firstLeft, firstRight) = (TLanes.LowNibbles(first), TLanes.HighNibbles(first));
                        var (secondLeft, secondRight) = (TLanes.LowNibbles(second), TLanes.HighNibbles(second));
                        var factor = TSets.Count == 1 ? TLanes.Repeat(factors) : TLanes.RepeatPair(factors);
                        factors += TLanes.Bytes / Vector128<byte>.Count * TSets.Count;
                        var a = LookUp(tables + lane, firstLeft);
                        var b = LookUp(tables + Part + lane, firstRight);
                        var c = LookUp(tables + HalfTables + lane, secondLeft);
                        var d = LookUp(tables + HalfTables + Part + lane, secondRight);
                        var words = TLanes.AddNeighbours(TLanes.InterleaveLow(a, b));
                        var others = TLanes.AddNeighbours(TLanes.InterleaveLow(c, d));
                        high0 = TLanes.AddInts(high0, TLanes.MultiplyAddNeighbours(TLanes.InterleaveLowWords(words, others), factor));
                        high1 = TLanes.AddInts(high1, TLanes.MultiplyAddNeighbours(TLanes.InterleaveHighWords(words, others), factor));
                        words = TLanes.AddNeighbours(TLanes.InterleaveHigh(a, b));
                        others = TLanes.AddNeighbours(TLanes.InterleaveHigh(c, d));
                        high2 = TLanes.AddInts(high2, TLanes.MultiplyAddNeighbours(TLanes.InterleaveLowWords(words, others), factor));
                        high3 = TLanes.AddInts(high3, TLanes.MultiplyAddNeighbours(TLanes.InterleaveHighWords(words, others), factor));
                        if (TPlanes.Count == 1)
                        {
                            continue;
                        }

                        a = LookUp(tables + PlaneBytes + lane, firstLeft);
                        b = LookUp(tables + PlaneBytes + Part + lane, firstRight);
                        c = LookUp(tables + HalfTables + PlaneBytes + lane, secondLeft);
                        d = LookUp(tables + HalfTables + PlaneBytes + Part + lane, secondRight);
                        words = TLanes.AddUnsignedNeighbours(TLanes.InterleaveLow(a, b));
                        others = TLanes.AddUnsignedNeighbours(TLanes.InterleaveLow(c, d));
                        low0 = TLanes.AddInts(low0, TLanes.MultiplyAddNeighbours(TLanes.InterleaveLowWords(words, others), factor));
                        low1 = TLanes.AddInts(low1, TLanes.MultiplyAddNeighbours(TLanes.InterleaveHighWords(words, others), factor));
                        words = TLanes.AddUnsignedNeighbours(TLanes.InterleaveHigh(a, b));
                        others = TLanes.AddUnsignedNeighbours(TLanes.InterleaveHigh(c, d));
                        low2 = TLanes.AddInts(low2, TLanes.MultiplyAddNeighbours(TLanes.InterleaveLowWords(words, others), factor));
                        low3 = TLanes.AddInts(low3, TLanes.MultiplyAddNeighbours(TLanes.InterleaveHighWords(words, others), factor));
                    }

                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(weights + ReadAhead);
                    }

                    weights += PrepackedLayout.ChunkBytes;
                    tables += 2 * HalfTables;
                }
            }

            // Rows 0 8 1 9, 2 10 3 11, 4 12 5 13 and 6 14 7 15.
            var step = Vector128.Create(*steps);
            var (sum0, sum1, sum2, sum3) = (Total(high0, low0) * step, Total(high1, low1) * step, Total(high2, low2) * step, Total(high3, low3) * step);
            var (unit, lastUnit) = (Vector128.Create(units[0]), Vector128.Create(units[TSets.Count - 1]));
            Add(VectorParts.Even(sum0, sum1) * unit, sums);
            Add(VectorParts.Even(sum2, sum3) * unit, sums + Quarter);
            Add(VectorParts.Odd(sum0, sum1) * lastUnit, sums + (2 * Quarter));
            Add(VectorParts.Odd(sum2, sum3) * lastUnit, sums + (3 * Quarter));
            segmentTables += (nint)inputs * SegmentTables;
            steps += inputs;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes LookUp(byte* tables, TLanes index) => TLanes.LookUp(TLanes.Load(tables), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Total(TLanes high, TLanes low)
    {
        var sum = Vector128.ConvertToSingle(TLanes.AddLanes(high));
        return TPlanes.Count == 2 ? (sum * Vector128.Create(256f)) + Vector128.ConvertToSingle(TLanes.AddLanes(low)) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<float> products, float* sums) => (Vector128.Load(sums) + products).Store(sums);
}
