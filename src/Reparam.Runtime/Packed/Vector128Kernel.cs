using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>Quantised tables on portable 128-bit vectors: <see cref="Avx2Kernel{TShape, TPlanes}"/> one lane at a time.</summary>
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
        var stream = arguments.Stream;
        var inputs = arguments.Inputs;
        var tables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var floatScales = arguments.FloatScales;
        var bits = arguments.Bits;
        var sums = arguments.Sums + input * StreamLayout.BlockRows;
        var sums0 = arguments.Accumulate ? Vector128.Load(sums) : Vector128<float>.Zero;
        var sums1 = arguments.Accumulate ? Vector128.Load(sums + 4) : Vector128<float>.Zero;
        var sums2 = arguments.Accumulate ? Vector128.Load(sums + 8) : Vector128<float>.Zero;
        var sums3 = arguments.Accumulate ? Vector128.Load(sums + 12) : Vector128<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector128.Create(*steps);
            for (var bit = 0; bit < bits; bit++)
            {
                var codes = stream;
                stream += TShape.Chunks * StreamLayout.ChunkBytes;
                for (var set = 0; set < (TShape.Split ? 2 : 1); set++)
                {
                    var high = Vector128<ushort>.Zero;
                    var highOdd = Vector128<ushort>.Zero;
                    var low = Vector128<ushort>.Zero;
                    var lowOdd = Vector128<ushort>.Zero;
                    var halves = TShape.Split ? 1 : 2 * TShape.Chunks;
                    for (var half = 0; half < halves; half++)
                    {
                        var place = tables + (half + set) * HalfTables;
                        AddQuarter(codes, place, ref high, ref highOdd, ref low, ref lowOdd);
                        AddQuarter(codes + Part, place + Part, ref high, ref highOdd, ref low, ref lowOdd);
                        codes += 2 * Part;
                    }

                    var highEven = high - (highOdd << 8);
                    var lowEven = low - (lowOdd << 8);
                    sums0 += TotalLow(highEven, lowEven, 4 * halves) * step * ScaleLoads.Next128(ref stream, floatScales);
                    sums1 += TotalHigh(highEven, lowEven, 4 * halves) * step * ScaleLoads.Next128(ref stream, floatScales);
                    sums2 += TotalLow(highOdd, lowOdd, 4 * halves) * step * ScaleLoads.Next128(ref stream, floatScales);
                    sums3 += TotalHigh(highOdd, lowOdd, 4 * halves) * step * ScaleLoads.Next128(ref stream, floatScales);
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

    // Eight columns of sixteen rows: one quad in the low halves of the bytes, another in the high halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuarter(
        byte* codes, byte* tables, ref Vector128<ushort> high, ref Vector128<ushort> highOdd, ref Vector128<ushort> low, ref Vector128<ushort> lowOdd)
    {
        var mask = Vector128.Create((byte)0x0F);
        var pairs = Vector128.Load(codes);
        var left = pairs & mask;
        var right = (pairs.AsUInt16() >>> 4).AsByte() & mask;
        Add(TLookUp.LookUp(Vector128.Load(tables), left), ref high, ref highOdd);
        Add(TLookUp.LookUp(Vector128.Load(tables + 2 * Part), right), ref high, ref highOdd);
        if (TPlanes.Count == 2)
        {
            Add(TLookUp.LookUp(Vector128.Load(tables + PlaneBytes), left), ref low, ref lowOdd);
            Add(TLookUp.LookUp(Vector128.Load(tables + PlaneBytes + 2 * Part), right), ref low, ref lowOdd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<byte> found, ref Vector128<ushort> words, ref Vector128<ushort> odd)
    {
        words += found.AsUInt16();
        odd += found.AsUInt16() >>> 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> TotalLow(Vector128<ushort> high, Vector128<ushort> low, int quads) =>
        Total(Vector128.WidenLower(high), Vector128.WidenLower(low), quads);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> TotalHigh(Vector128<ushort> high, Vector128<ushort> low, int quads) =>
        Total(Vector128.WidenUpper(high), Vector128.WidenUpper(low), quads);

    // Adds the planes and takes the bias away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Total(Vector128<uint> high, Vector128<uint> low, int quads) => TPlanes.Count == 2
        ? Vector128.ConvertToSingle(((high << 8) + low).AsInt32() - Vector128.Create(quads << 15))
        : Vector128.ConvertToSingle(high.AsInt32() - Vector128.Create(quads << 7));
}
