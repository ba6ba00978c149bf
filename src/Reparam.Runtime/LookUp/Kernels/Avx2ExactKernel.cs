using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Single-precision tables on AVX2, parted into the four bytes of their entries: four byte shuffles look up one quad for 16 rows in each lane, and
/// interleaving puts the entries together again.
/// </summary>
internal static unsafe class Avx2ExactKernel<TShape>
    where TShape : struct, IUnitShape
{
    private const int Part = 32;
    private const int PairTables = 2 * ExactTables.QuadBytes;

    private static int SegmentTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks * 4 * PairTables;
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
        var tables = arguments.Tables + (nint)input * SegmentTables;
        var floatScales = arguments.FloatScales;
        var sums = arguments.Sums + input * PrepackedLayout.BlockRows;
        var evenSums = arguments.Accumulate ? Vector256.Load(sums) : Vector256<float>.Zero;
        var oddSums = arguments.Accumulate ? Vector256.Load(sums + Vector256<float>.Count) : Vector256<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            // Summed apart, so that the rounding of a long row's sum happens once a segment.
            var segmentEven = Vector256<float>.Zero;
            var segmentOdd = Vector256<float>.Zero;
            for (var bit = 0; bit < arguments.Bits; bit++)
            {
                // Rows 0 8 1 9, 2 10 3 11, 4 12 5 13 and 6 14 7 15, in either lane.
                var s0 = Vector256<float>.Zero;
                var s1 = Vector256<float>.Zero;
                var s2 = Vector256<float>.Zero;
                var s3 = Vector256<float>.Zero;
                if (TShape.Split)
                {
                    AddHalf(weights, tables, ref s0, ref s1, ref s2, ref s3);
                    var even = Rows(s0, s1, s2, s3, odd: false);
                    var odd = Rows(s0, s1, s2, s3, odd: true);
                    s0 = s1 = s2 = s3 = Vector256<float>.Zero;
                    AddHalf(weights + Part, tables + 2 * PairTables, ref s0, ref s1, ref s2, ref s3);
                    weights += 2 * Part;
                    segmentEven = Fma.MultiplyAdd(even, ScaleLoads.Next256(ref weights, floatScales), segmentEven);
                    segmentOdd = Fma.MultiplyAdd(odd, ScaleLoads.Next256(ref weights, floatScales), segmentOdd);
                }
                else
                {
                    for (var half = 0; half < 2 * TShape.Chunks; half++)
                    {
                        AddHalf(weights, tables + half * 2 * PairTables, ref s0, ref s1, ref s2, ref s3);
                        weights += Part;
                    }
                }

                segmentEven = Fma.MultiplyAdd(Rows(s0, s1, s2, s3, odd: false), ScaleLoads.Next256(ref weights, floatScales), segmentEven);
                segmentOdd = Fma.MultiplyAdd(Rows(s0, s1, s2, s3, odd: true), ScaleLoads.Next256(ref weights, floatScales), segmentOdd);
            }

            evenSums += segmentEven;
            oddSums += segmentOdd;
            tables += (nint)arguments.Inputs * SegmentTables;
        }

        evenSums.Store(sums);
        oddSums.Store(sums + Vector256<float>.Count);
    }

    // Sixteen columns of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalf(
        byte* codes, byte* tables, ref Vector256<float> s0, ref Vector256<float> s1, ref Vector256<float> s2, ref Vector256<float> s3)
    {
        var mask = Vector256.Create((byte)0x0F);
        var pairs = Vector256.Load(codes);
        AddQuads(pairs & mask, tables, ref s0, ref s1, ref s2, ref s3);
        AddQuads((pairs.AsUInt16() >>> 4).AsByte() & mask, tables + PairTables, ref s0, ref s1, ref s2, ref s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuads(
        Vector256<byte> index, byte* tables, ref Vector256<float> s0, ref Vector256<float> s1, ref Vector256<float> s2, ref Vector256<float> s3)
    {
        var b0 = Avx2.Shuffle(Vector256.Load(tables), index);
        var b1 = Avx2.Shuffle(Vector256.Load(tables + Part), index);
        var b2 = Avx2.Shuffle(Vector256.Load(tables + 2 * Part), index);
        var b3 = Avx2.Shuffle(Vector256.Load(tables + 3 * Part), index);
        var lowWords = Avx2.UnpackLow(b0, b1).AsUInt16();
        var highWords = Avx2.UnpackLow(b2, b3).AsUInt16();
        s0 += Avx2.UnpackLow(lowWords, highWords).AsSingle();
        s1 += Avx2.UnpackHigh(lowWords, highWords).AsSingle();
        lowWords = Avx2.UnpackHigh(b0, b1).AsUInt16();
        highWords = Avx2.UnpackHigh(b2, b3).AsUInt16();
        s2 += Avx2.UnpackLow(lowWords, highWords).AsSingle();
        s3 += Avx2.UnpackHigh(lowWords, highWords).AsSingle();
    }

    // Rows 0 to 7 stand in the even bytes of a code vector, rows 8 to 15 in the odd ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Rows(Vector256<float> s0, Vector256<float> s1, Vector256<float> s2, Vector256<float> s3, bool odd)
    {
        var first = odd ? Avx.Shuffle(s0, s1, 0b11_01_11_01) : Avx.Shuffle(s0, s1, 0b10_00_10_00);
        var second = odd ? Avx.Shuffle(s2, s3, 0b11_01_11_01) : Avx.Shuffle(s2, s3, 0b10_00_10_00);
        return Vector256.Create(first.GetLower() + first.GetUpper(), second.GetLower() + second.GetUpper());
    }
}
