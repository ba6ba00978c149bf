using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.LookUp;

/// <summary>Single-precision tables on portable 128-bit vectors: <see cref="Avx2ExactKernel{TShape}"/> one lane at a time.</summary>
internal static unsafe class Vector128ExactKernel<TShape, TLookUp>
    where TShape : struct, IUnitShape
    where TLookUp : struct, IByteLookUp
{
    private const int Part = 16;
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
        var sums0 = arguments.Accumulate ? Vector128.Load(sums) : Vector128<float>.Zero;
        var sums1 = arguments.Accumulate ? Vector128.Load(sums + 4) : Vector128<float>.Zero;
        var sums2 = arguments.Accumulate ? Vector128.Load(sums + 8) : Vector128<float>.Zero;
        var sums3 = arguments.Accumulate ? Vector128.Load(sums + 12) : Vector128<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            // Summed apart, so that the rounding of a long row's sum happens once a segment.
            var segment0 = Vector128<float>.Zero;
            var segment1 = Vector128<float>.Zero;
            var segment2 = Vector128<float>.Zero;
            var segment3 = Vector128<float>.Zero;
            for (var bit = 0; bit < arguments.Bits; bit++)
            {
                var codes = weights;
                weights += TShape.Chunks * PrepackedLayout.ChunkBytes;
                for (var set = 0; set < (TShape.Split ? 2 : 1); set++)
                {
                    // Rows 0 8 1 9, 2 10 3 11, 4 12 5 13 and 6 14 7 15.
                    var s0 = Vector128<float>.Zero;
                    var s1 = Vector128<float>.Zero;
                    var s2 = Vector128<float>.Zero;
                    var s3 = Vector128<float>.Zero;
                    var halves = TShape.Split ? 1 : 2 * TShape.Chunks;
                    for (var half = 0; half < halves; half++)
                    {
                        var place = tables + (half + set) * 2 * PairTables;
                        AddQuarter(codes, place, ref s0, ref s1, ref s2, ref s3);
                        AddQuarter(codes + Part, place + Part, ref s0, ref s1, ref s2, ref s3);
                        codes += 2 * Part;
                    }

                    segment0 += VectorParts.Even(s0, s1) * ScaleLoads.Next128(ref weights, floatScales);
                    segment1 += VectorParts.Even(s2, s3) * ScaleLoads.Next128(ref weights, floatScales);
                    segment2 += VectorParts.Odd(s0, s1) * ScaleLoads.Next128(ref weights, floatScales);
                    segment3 += VectorParts.Odd(s2, s3) * ScaleLoads.Next128(ref weights, floatScales);
                }
            }

            sums0 += segment0;
            sums1 += segment1;
            sums2 += segment2;
            sums3 += segment3;
            tables += (nint)arguments.Inputs * SegmentTables;
        }

        sums0.Store(sums);
        sums1.Store(sums + 4);
        sums2.Store(sums + 8);
        sums3.Store(sums + 12);
    }

    // Eight columns of sixteen rows: one quad in the low halves of the bytes, another in the high halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuarter(
        byte* codes, byte* tables, ref Vector128<float> s0, ref Vector128<float> s1, ref Vector128<float> s2, ref Vector128<float> s3)
    {
        var mask = Vector128.Create((byte)0x0F);
        var pairs = Vector128.Load(codes);
        AddQuad(pairs & mask, tables, ref s0, ref s1, ref s2, ref s3);
        AddQuad((pairs.AsUInt16() >>> 4).AsByte() & mask, tables + PairTables, ref s0, ref s1, ref s2, ref s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuad(
        Vector128<byte> index, byte* tables, ref Vector128<float> s0, ref Vector128<float> s1, ref Vector128<float> s2, ref Vector128<float> s3)
    {
        var b0 = TLookUp.LookUp(Vector128.Load(tables), index);
        var b1 = TLookUp.LookUp(Vector128.Load(tables + 2 * Part), index);
        var b2 = TLookUp.LookUp(Vector128.Load(tables + 4 * Part), index);
        var b3 = TLookUp.LookUp(Vector128.Load(tables + 6 * Part), index);
        var lowWords = VectorParts.InterleaveLow(b0, b1);
        var highWords = VectorParts.InterleaveLow(b2, b3);
        s0 += VectorParts.InterleaveLow(lowWords, highWords).AsSingle();
        s1 += VectorParts.InterleaveHigh(lowWords, highWords).AsSingle();
        lowWords = VectorParts.InterleaveHigh(b0, b1);
        highWords = VectorParts.InterleaveHigh(b2, b3);
        s2 += VectorParts.InterleaveLow(lowWords, highWords).AsSingle();
        s3 += VectorParts.InterleaveHigh(lowWords, highWords).AsSingle();
    }
}
