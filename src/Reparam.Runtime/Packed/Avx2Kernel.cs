using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Quantised tables on AVX2: a byte shuffle looks one quad up for 16 rows in each lane. Table bytes are unsigned (biased). Looked-up bytes are added
/// as 16-bit words, so a word holds the sum of its even byte plus 256 times that of its odd byte; the odd bytes are added a second time alone.
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
        var stream = arguments.Stream;
        var inputs = arguments.Inputs;
        var tables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var floatScales = arguments.FloatScales;
        var bits = arguments.Bits;
        var sums = arguments.Sums + input * StreamLayout.BlockRows;
        var evenSums = arguments.Accumulate ? Vector256.Load(sums) : Vector256<float>.Zero;
        var oddSums = arguments.Accumulate ? Vector256.Load(sums + Vector256<float>.Count) : Vector256<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector256.Create(*steps);
            for (var bit = 0; bit < bits; bit++)
            {
                var high = Vector256<ushort>.Zero;
                var highOdd = Vector256<ushort>.Zero;
                var low = Vector256<ushort>.Zero;
                var lowOdd = Vector256<ushort>.Zero;
                if (TShape.Split)
                {
                    AddHalf(stream, tables, ref high, ref highOdd, ref low, ref lowOdd);
                    var even = Total(high - (highOdd << 8), low - (lowOdd << 8), 4) * step;
                    var odd = Total(highOdd, lowOdd, 4) * step;
                    high = highOdd = low = lowOdd = Vector256<ushort>.Zero;
                    AddHalf(stream + Part, tables + HalfTables, ref high, ref highOdd, ref low, ref lowOdd);
                    stream += 2 * Part;
                    evenSums = Fma.MultiplyAdd(even, ScaleLoads.Next256(ref stream, floatScales), evenSums);
                    oddSums = Fma.MultiplyAdd(odd, ScaleLoads.Next256(ref stream, floatScales), oddSums);
                }
                else
                {
                    for (var half = 0; half < 2 * TShape.Chunks; half += 2)
                    {
                        AddHalf(stream, tables + half * HalfTables, ref high, ref highOdd, ref low, ref lowOdd);
                        AddHalf(stream + Part, tables + (half + 1) * HalfTables, ref high, ref highOdd, ref low, ref lowOdd);
                        Sse.Prefetch0(stream + ReadAhead);
                        stream += 2 * Part;
                    }
                }

                var quads = TShape.Split ? 4 : 8 * TShape.Chunks;
                var evenTotal = Total(high - (highOdd << 8), low - (lowOdd << 8), quads) * step;
                var oddTotal = Total(highOdd, lowOdd, quads) * step;
                evenSums = Fma.MultiplyAdd(evenTotal, ScaleLoads.Next256(ref stream, floatScales), evenSums);
                oddSums = Fma.MultiplyAdd(oddTotal, ScaleLoads.Next256(ref stream, floatScales), oddSums);
            }

            tables += (nint)inputs * SegmentTables;
            steps += inputs;
        }

        evenSums.Store(sums);
        oddSums.Store(sums + Vector256<float>.Count);
    }

    // Sixteen columns of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalf(
        byte* codes, byte* tables, ref Vector256<ushort> high, ref Vector256<ushort> highOdd, ref Vector256<ushort> low, ref Vector256<ushort> lowOdd)
    {
        var mask = Vector256.Create((byte)0x0F);
        var pairs = Vector256.Load(codes);
        var left = pairs & mask;
        var right = (pairs.AsUInt16() >>> 4).AsByte() & mask;
        Add(Avx2.Shuffle(Vector256.Load(tables), left), ref high, ref highOdd);
        Add(Avx2.Shuffle(Vector256.Load(tables + Part), right), ref high, ref highOdd);
        if (TPlanes.Count == 2)
        {
            Add(Avx2.Shuffle(Vector256.Load(tables + PlaneBytes), left), ref low, ref lowOdd);
            Add(Avx2.Shuffle(Vector256.Load(tables + PlaneBytes + Part), right), ref low, ref lowOdd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<byte> found, ref Vector256<ushort> words, ref Vector256<ushort> odd)
    {
        words += found.AsUInt16();
        odd += found.AsUInt16() >>> 8;
    }

    // Adds the lanes and the planes, and takes the bias away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Total(Vector256<ushort> high, Vector256<ushort> low, int quads)
    {
        var top = Avx2.ConvertToVector256Int32(high.GetLower() + high.GetUpper());
        if (TPlanes.Count == 1)
        {
            return Vector256.ConvertToSingle(top - Vector256.Create(quads << 7));
        }

        var bottom = Avx2.ConvertToVector256Int32(low.GetLower() + low.GetUpper());
        return Vector256.ConvertToSingle((top << 8) + bottom - Vector256.Create(quads << 15));
    }
}
