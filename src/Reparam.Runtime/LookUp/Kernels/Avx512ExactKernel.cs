using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>Single-precision tables on AVX-512: a register holds the table of one quad, and each dword of codes indexes it eight times.</summary>
internal static unsafe class Avx512ExactKernel<TShape>
    where TShape : struct, IUnitShape
{
    private const int Line = 64;
    private const int ReadAhead = 4096;
    private const int HalfTables = 4 * ExactTables.QuadBytes;

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
        var tables = arguments.Tables + (nint)input * SegmentTables;
        var floatScales = arguments.FloatScales;
        var place = arguments.Sums + input * PrepackedLayout.BlockRows;
        var sums = arguments.Accumulate ? Vector512.Load(place) : Vector512<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            // Summed apart, so that the rounding of a long row's sum happens once a segment.
            var segmentSums = Vector512<float>.Zero;
            for (var bit = 0; bit < arguments.Bits; bit++)
            {
                var left = Vector512<float>.Zero;
                var right = Vector512<float>.Zero;
                for (var chunk = 0; chunk < TShape.Chunks; chunk++)
                {
                    var codes = Vector512.Load((uint*)weights);
                    Sse.Prefetch0(weights + ReadAhead);
                    weights += Line;
                    left += LeftHalf(codes, tables + chunk * 2 * HalfTables);
                    right += RightHalf(codes, tables + chunk * 2 * HalfTables + HalfTables);
                }

                if (TShape.Split)
                {
                    segmentSums = Vector512.FusedMultiplyAdd(left, ScaleLoads.Next512(ref weights, floatScales), segmentSums);
                    segmentSums = Vector512.FusedMultiplyAdd(right, ScaleLoads.Next512(ref weights, floatScales), segmentSums);
                }
                else
                {
                    segmentSums = Vector512.FusedMultiplyAdd(left + right, ScaleLoads.Next512(ref weights, floatScales), segmentSums);
                }
            }

            sums += segmentSums;
            tables += (nint)arguments.Inputs * SegmentTables;
        }

        sums.Store(place);
    }

    // The permutation reads the lowest four bits of an index and ignores the rest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LeftHalf(Vector512<uint> codes, byte* tables) =>
        LookUp(codes, tables, 0) + LookUp(codes >>> 8, tables, 1) + (LookUp(codes >>> 16, tables, 2) + LookUp(codes >>> 24, tables, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> RightHalf(Vector512<uint> codes, byte* tables) =>
        LookUp(codes >>> 4, tables, 0) + LookUp(codes >>> 12, tables, 1) + (LookUp(codes >>> 20, tables, 2) + LookUp(codes >>> 28, tables, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LookUp(Vector512<uint> index, byte* tables, int quad) =>
        Avx512F.PermuteVar16x32(Vector512.Load((float*)(tables + quad * ExactTables.QuadBytes)), index.AsInt32());
}
