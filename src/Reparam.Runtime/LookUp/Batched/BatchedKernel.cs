using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Multiplies some row blocks with many input rows, on AVX-512 VBMI. A permutation looks up in two tables at once, of 32 words or of 64 bytes
/// (<see cref="BatchedTables"/>): the sums of neighbouring words (or bytes) belong to one row and are added. The indices are made of the codes once for all
/// input rows (<see cref="BatchedIndices{TShape, TPlanes}"/>); four registers of them and the tables of four input rows meet in sixteen registers of sums.
/// </summary>
internal static unsafe class BatchedKernel<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int Line = 64;
    private const int Registers = 4;
    private const int PairTables = 2 * Line;
    private const int PairsOfInputs = BatchedTables.InputsTogether * PairTables;

    /// <summary>Row blocks that are multiplied together. A register of indices to words is for one, a register of bytes for two.</summary>
    public static int Blocks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count == 2 ? Registers : 2 * Registers;
    }

    // Words have signs beside the indices.
    private static int PairBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * Registers * Line;
    }

    // Indices of a plane and a set of scales, then the scales.
    private static int SetBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (BatchedIndices<TShape, TPlanes>.Pairs * PairBytes) + (Blocks * Line);
    }

    private static int ScaleSets
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Split ? 2 : 1;
    }

    /// <summary>See <see cref="BatchedForm.Kernel"/>.</summary>
    [SkipLocalsInit]
    public static void Multiply(in KernelArguments arguments)
    {
        var memory = stackalloc byte[(arguments.Bits * ScaleSets * SetBytes) + Line];
        var indices = (byte*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        var inputs = BatchedForm.RoundUp(arguments.Inputs);
        var sumsOfBlock = BatchedForm.SumsOfBlock(inputs);
        if (!arguments.Accumulate)
        {
            new Span<float>(arguments.Sums, Blocks * sumsOfBlock).Clear();
        }

        var weights = arguments.Weights;
        var tables = arguments.Tables;
        var steps = arguments.TableScales;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            weights = MakeIndices(in arguments, weights, indices);
            for (var input = 0; input < inputs; input += BatchedTables.InputsTogether)
            {
                MultiplySegment(indices, arguments.Bits, tables, steps, arguments.Sums + (input * PrepackedLayout.BlockRows), sumsOfBlock);
                tables += ScaleSets * BatchedIndices<TShape, TPlanes>.Pairs * PairsOfInputs;
                steps += BatchedTables.InputsTogether;
            }
        }
    }

    // A segment of each block: [plane][set of scales]{ [pair]{ indices of the registers, signs of the registers }, scales of the blocks }. Blocks that are
    // missing are those before them once more.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static byte* MakeIndices(in KernelArguments arguments, byte* weights, byte* indices)
    {
        var unitBytes = (TShape.Chunks * Line) + (ScaleSets * PrepackedLayout.BlockRows * (arguments.FloatScales ? sizeof(float) : sizeof(ushort)));
        var last = arguments.Blocks - 1;
        for (var bit = 0; bit < arguments.Bits; bit++)
        {
            for (var block = 0; block < Blocks; block++)
            {
                var codes = weights + (Math.Min(block, last) * arguments.BlockDistance);
                if (TPlanes.Count == 2 || block % 2 == 0)
                {
                    var second = weights + (Math.Min(block + 1, last) * arguments.BlockDistance);
                    BatchedIndices<TShape, TPlanes>.Write(codes, second, indices + (block * Line / (3 - TPlanes.Count)), Registers * Line, PairBytes, SetBytes);
                }

                var scales = codes + (TShape.Chunks * Line);
                for (var set = 0; set < ScaleSets; set++)
                {
                    var place = indices + (set * SetBytes) + (BatchedIndices<TShape, TPlanes>.Pairs * PairBytes) + (block * Line);
                    ScaleLoads.Next512(ref scales, arguments.FloatScales).Store((float*)place);
                }
            }

            weights += unitBytes;
            indices += ScaleSets * SetBytes;
        }

        return weights;
    }

    // A segment of all blocks with four input rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplySegment(byte* indices, int bits, byte* segmentTables, float* steps, float* sums, int sumsOfBlock)
    {
        var zero = Vector512<int>.Zero;
        var ones = Vector512.Create((byte)1).AsInt16();
        for (var plane = 0; plane < bits * ScaleSets; plane++)
        {
            var tables = segmentTables + (TShape.Split && plane % 2 == 1 ? BatchedIndices<TShape, TPlanes>.Pairs * PairsOfInputs : 0);
            var (a0, a1, a2, a3) = (zero, zero, zero, zero);
            var (b0, b1, b2, b3) = (zero, zero, zero, zero);
            var (c0, c1, c2, c3) = (zero, zero, zero, zero);
            var (d0, d1, d2, d3) = (zero, zero, zero, zero);
            for (var pair = 0; pair < BatchedIndices<TShape, TPlanes>.Pairs; pair++)
            {
                var (index0, index1, index2, index3) = (Load(indices, 0), Load(indices, 1), Load(indices, 2), Load(indices, 3));
                var signs0 = TPlanes.Count == 2 ? Load(indices, 4) : ones;
                var signs1 = TPlanes.Count == 2 ? Load(indices, 5) : ones;
                var signs2 = TPlanes.Count == 2 ? Load(indices, 6) : ones;
                var signs3 = TPlanes.Count == 2 ? Load(indices, 7) : ones;
                Vector512<short> low, high;
                (low, high) = (Vector512.Load((short*)(tables)), Vector512.Load((short*)(tables + Line)));
                a0 = Add(a0, index0, signs0, low, high);
                a1 = Add(a1, index1, signs1, low, high);
                a2 = Add(a2, index2, signs2, low, high);
                a3 = Add(a3, index3, signs3, low, high);
                (low, high) = (Vector512.Load((short*)(tables + PairTables)), Vector512.Load((short*)(tables + PairTables + Line)));
                b0 = Add(b0, index0, signs0, low, high);
                b1 = Add(b1, index1, signs1, low, high);
                b2 = Add(b2, index2, signs2, low, high);
                b3 = Add(b3, index3, signs3, low, high);
                (low, high) = (Vector512.Load((short*)(tables + 2 * PairTables)), Vector512.Load((short*)(tables + 2 * PairTables + Line)));
                c0 = Add(c0, index0, signs0, low, high);
                c1 = Add(c1, index1, signs1, low, high);
                c2 = Add(c2, index2, signs2, low, high);
                c3 = Add(c3, index3, signs3, low, high);
                (low, high) = (Vector512.Load((short*)(tables + 3 * PairTables)), Vector512.Load((short*)(tables + 3 * PairTables + Line)));
                d0 = Add(d0, index0, signs0, low, high);
                d1 = Add(d1, index1, signs1, low, high);
                d2 = Add(d2, index2, signs2, low, high);
                d3 = Add(d3, index3, signs3, low, high);
                indices += PairBytes;
                tables += PairsOfInputs;
            }

            var scales = (float*)indices;
            Finish(a0, a1, a2, a3, steps[0], scales, sums, sumsOfBlock);
            Finish(b0, b1, b2, b3, steps[1], scales, sums + PrepackedLayout.BlockRows, sumsOfBlock);
            Finish(c0, c1, c2, c3, steps[2], scales, sums + 2 * PrepackedLayout.BlockRows, sumsOfBlock);
            Finish(d0, d1, d2, d3, steps[3], scales, sums + 3 * PrepackedLayout.BlockRows, sumsOfBlock);
            indices += Blocks * Line;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Load(byte* lines, int line) => Vector512.Load((short*)(lines + (line * Line)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Add(
        Vector512<int> sum, Vector512<short> index, Vector512<short> signs, Vector512<short> low, Vector512<short> high) => TPlanes.Count == 2
        ? sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.PermuteVar32x16x2(low, index, high), signs)
        : (sum.AsInt16() + Avx512BW.MultiplyAddAdjacent(signs.AsByte(), Avx512Vbmi.PermuteVar64x8x2(low.AsSByte(), index.AsSByte(), high.AsSByte()))).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        Vector512<int> sum0, Vector512<int> sum1, Vector512<int> sum2, Vector512<int> sum3, float step, float* scales, float* sums, nint sumsOfBlock)
    {
        var steps = Vector512.Create(step);
        Finish(sum0, steps, scales, sums, sumsOfBlock, 0);
        Finish(sum1, steps, scales, sums, sumsOfBlock, 1);
        Finish(sum2, steps, scales, sums, sumsOfBlock, 2);
        Finish(sum3, steps, scales, sums, sumsOfBlock, 3);
    }

    // Sums of words belong to two blocks, interleaved.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(Vector512<int> sum, Vector512<float> step, float* scales, float* sums, nint sumsOfBlock, int register)
    {
        if (TPlanes.Count == 2)
        {
            AddScaled(sum, step, scales + (register * PrepackedLayout.BlockRows), sums + (register * sumsOfBlock));
            return;
        }

        AddScaled((sum << 16) >> 16, step, scales + (2 * register * PrepackedLayout.BlockRows), sums + (2 * register * sumsOfBlock));
        AddScaled(sum >> 16, step, scales + (((2 * register) + 1) * PrepackedLayout.BlockRows), sums + (((2 * register) + 1) * sumsOfBlock));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Vector512<int> sum, Vector512<float> step, float* scales, float* sums) =>
        Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(sum) * step, Vector512.Load(scales), Vector512.Load(sums)).Store(sums);
}
