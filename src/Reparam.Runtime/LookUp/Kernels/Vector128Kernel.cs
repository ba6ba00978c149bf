using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.LookUp;

/// <summary>Quantised tables on portable 128-bit vectors: <see cref="Avx2Kernel{TShape, TPlanes}"/> one lane at a time, with the same sums of bytes.</summary>
internal static unsafe class Vector128Kernel<TShape, TPlanes, TLookUp>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
    where TLookUp : struct, IByteLookUp
{
    private const int Part = 16;
    private const int PlaneBytes = 64;

    private static int HalfTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * PlaneBytes;
    }

    // Code vectors of sixteen columns that are summed together.
    private static int Halves
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Split ? 1 : 2 * TShape.Chunks;
    }

    // Bytes that a mean is of: a power of two, so three chunks are filled up with bytes that stand for zero.
    private static int Averaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks == 3 ? 32 : 4 * Halves;
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
        var tables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var floatScales = arguments.FloatScales;
        var bits = arguments.Bits;
        var sums = arguments.Sums + input * PrepackedLayout.BlockRows;
        var sums0 = arguments.Accumulate ? Vector128.Load(sums) : Vector128<float>.Zero;
        var sums1 = arguments.Accumulate ? Vector128.Load(sums + 4) : Vector128<float>.Zero;
        var sums2 = arguments.Accumulate ? Vector128.Load(sums + 8) : Vector128<float>.Zero;
        var sums3 = arguments.Accumulate ? Vector128.Load(sums + 12) : Vector128<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector128.Create(*steps);
            for (var bit = 0; bit < bits; bit++)
            {
                var codes = weights;
                weights += TShape.Chunks * PrepackedLayout.ChunkBytes;
                for (var set = 0; set < (TShape.Split ? 2 : 1); set++)
                {
                    AddUnit(codes + (set * 2 * Part), tables + (set * HalfTables), out var high, out var low, out var highMean, out var lowMean);
                    Total(high, low, highMean, lowMean, out var t0, out var t1, out var t2, out var t3);
                    sums0 += t0 * step * ScaleLoads.Next128(ref weights, floatScales);
                    sums1 += t1 * step * ScaleLoads.Next128(ref weights, floatScales);
                    sums2 += t2 * step * ScaleLoads.Next128(ref weights, floatScales);
                    sums3 += t3 * step * ScaleLoads.Next128(ref weights, floatScales);
                }
            }

            tables += (nint)inputs * SegmentTables;
            steps += inputs;
        }

        sums0.Store(sums);
        sums1.Store(sums + 4);
        sums2.Store(sums + 8);
        sums3.Store(sums + 12);
    }

    // The bytes of both planes, added modulo 256, and their means.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUnit(
        byte* codes, byte* tables, out Vector128<byte> high, out Vector128<byte> low, out Vector128<byte> highMean, out Vector128<byte> lowMean)
    {
        high = low = Vector128<byte>.Zero;
        AddHalf(codes, tables, 0, ref high, ref low, out highMean, out lowMean);
        if (Halves > 1)
        {
            AddHalf(codes, tables, 1, ref high, ref low, out var highOther, out var lowOther);
            highMean = TLookUp.Average(highMean, highOther);
            lowMean = TLookUp.Average(lowMean, lowOther);
        }

        if (TShape.Chunks > 1)
        {
            AddChunk(codes, tables, 1, ref high, ref low, out var highOther, out var lowOther);
            highMean = TLookUp.Average(highMean, highOther);
            lowMean = TLookUp.Average(lowMean, lowOther);
        }

        if (TShape.Chunks > 2)
        {
            AddChunk(codes, tables, 2, ref high, ref low, out var highOther, out var lowOther);
            var (highLast, lowLast) = (Vector128.Create((byte)128), Vector128<byte>.Zero);
            if (TShape.Chunks > 3)
            {
                AddChunk(codes, tables, 3, ref high, ref low, out highLast, out lowLast);
            }

            highMean = TLookUp.Average(highMean, TLookUp.Average(highOther, highLast));
            lowMean = TLookUp.Average(lowMean, TLookUp.Average(lowOther, lowLast));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddChunk(
        byte* codes, byte* tables, int chunk, ref Vector128<byte> high, ref Vector128<byte> low, out Vector128<byte> highMean, out Vector128<byte> lowMean)
    {
        AddHalf(codes, tables, 2 * chunk, ref high, ref low, out highMean, out lowMean);
        AddHalf(codes, tables, (2 * chunk) + 1, ref high, ref low, out var highOther, out var lowOther);
        highMean = TLookUp.Average(highMean, highOther);
        lowMean = TLookUp.Average(lowMean, lowOther);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalf(
        byte* codes, byte* tables, int half, ref Vector128<byte> high, ref Vector128<byte> low, out Vector128<byte> highMean, out Vector128<byte> lowMean)
    {
        AddQuarter(codes + (half * 2 * Part), tables + (half * HalfTables), ref high, ref low, out highMean, out lowMean);
        AddQuarter(codes + (((half * 2) + 1) * Part), tables + ((half * HalfTables) + Part), ref high, ref low, out var highOther, out var lowOther);
        highMean = TLookUp.Average(highMean, highOther);
        lowMean = TLookUp.Average(lowMean, lowOther);
    }

    // Eight columns of sixteen rows: one quad in the low halves of the bytes, another in the high halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuarter(
        byte* codes, byte* tables, ref Vector128<byte> high, ref Vector128<byte> low, out Vector128<byte> highMean, out Vector128<byte> lowMean)
    {
        var mask = Vector128.Create((byte)0x0F);
        var pairs = Vector128.Load(codes);
        var left = pairs & mask;
        var right = (pairs.AsUInt16() >>> 4).AsByte() & mask;
        var (a, b) = (TLookUp.LookUp(Vector128.Load(tables), left), TLookUp.LookUp(Vector128.Load(tables + (2 * Part)), right));
        high += a + b;
        highMean = TLookUp.Average(a, b);
        lowMean = highMean;
        if (TPlanes.Count == 2)
        {
            (a, b) = (TLookUp.LookUp(Vector128.Load(tables + PlaneBytes), left), TLookUp.LookUp(Vector128.Load(tables + PlaneBytes + (2 * Part)), right));
            low += a + b;
            lowMean = TLookUp.Average(a, b);
        }
    }

    // Rows 0 to 3, 4 to 7, 8 to 11 and 12 to 15, without the bias.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Total(
        Vector128<byte> high, Vector128<byte> low, Vector128<byte> highMean, Vector128<byte> lowMean,
        out Vector128<float> t0, out Vector128<float> t1, out Vector128<float> t2, out Vector128<float> t3)
    {
        if (TPlanes.Count == 2)
        {
            Total(VectorParts.InterleaveLow(lowMean, highMean), VectorParts.InterleaveLow(low, high), out t0, out t2);
            Total(VectorParts.InterleaveHigh(lowMean, highMean), VectorParts.InterleaveHigh(low, high), out t1, out t3);
            return;
        }

        // Even bytes are those of rows 0 to 7.
        var excess = Times(highMean) - high;
        var bias = Vector128.Create((ushort)(Averaged << 7));
        var first = (Times(highMean.AsUInt16() & Vector128.Create((ushort)0xFF)) - (excess.AsUInt16() & Vector128.Create((ushort)0xFF)) - bias).AsInt16();
        var last = (Times(highMean.AsUInt16() >>> 8) - (excess.AsUInt16() >>> 8) - bias).AsInt16();
        t0 = Vector128.ConvertToSingle(Vector128.WidenLower(first));
        t1 = Vector128.ConvertToSingle(Vector128.WidenUpper(first));
        t2 = Vector128.ConvertToSingle(Vector128.WidenLower(last));
        t3 = Vector128.ConvertToSingle(Vector128.WidenUpper(last));
    }

    // Words of a low and a high byte, for rows 0 8 1 9 2 10 3 11 or 4 12 5 13 6 14 7 15.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Total(Vector128<ushort> means, Vector128<ushort> bytes, out Vector128<float> first, out Vector128<float> last)
    {
        var excess = (Times(means.AsByte()) - bytes.AsByte()).AsUInt32();
        var mask = Vector128.Create(0xFFFFu);
        var bias = Vector128.Create((uint)Averaged << 15);
        first = Vector128.ConvertToSingle((Times(means.AsUInt32() & mask) - (excess & mask) - bias).AsInt32());
        last = Vector128.ConvertToSingle((Times(means.AsUInt32() >>> 16) - (excess >>> 16) - bias).AsInt32());
    }

    // Times the number of bytes that a mean is of; bytes modulo 256.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Times(Vector128<byte> value) => Times(value.AsUInt16()).AsByte() & Vector128.Create((byte)(256 - Averaged));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Times(Vector128<ushort> value) =>
        Averaged == 4 ? value << 2 : Averaged == 8 ? value << 3 : Averaged == 16 ? value << 4 : value << 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Times(Vector128<uint> value) =>
        Averaged == 4 ? value << 2 : Averaged == 8 ? value << 3 : Averaged == 16 ? value << 4 : value << 5;
}
