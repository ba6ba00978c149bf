using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Quantised tables on AVX-512 VBMI. A register holds the 16-entry tables of four quads; an index byte names the table in its upper bits and the
/// entry in its nibble, so one permutation looks up four quads of 16 rows. The four bytes of a dword belong to one row, so neighbours are added.
/// </summary>
internal static unsafe class Avx512Kernel<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int Line = 64;
    private const int ReadAhead = 1536;

    private static int HalfTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * Line;
    }

    private static int SegmentTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks * 2 * HalfTables;
    }

    /// <summary>Multiplies a row block with every input row.</summary>
    public static void Multiply(in KernelArguments arguments)
    {
        if (arguments.Inputs > 1)
        {
            MultiplyMany(in arguments);
        }
        else if (arguments.Blocks == 3)
        {
            MultiplyOne<IBlockCount.Three>(in arguments);
        }
        else if (arguments.Blocks == 2)
        {
            MultiplyOne<IBlockCount.Two>(in arguments);
        }
        else
        {
            MultiplyOne<IBlockCount.One>(in arguments);
        }
    }

    // Several row blocks interleaved: while the lines of one block are on their way from memory, those of the others are looked up. Each has a pointer
    // to the tables of its own: the compiler would otherwise keep the tables of one block in registers for the others and all else on the stack.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne<TBlocks>(in KernelArguments arguments)
        where TBlocks : struct, IBlockCount
    {
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x01010101)).AsByte();
        var tables = arguments.Tables;
        var secondTables = tables + Avx512Codes.Opaque(0);
        var thirdTables = tables + Avx512Codes.Opaque(0);
        var weights = arguments.Weights;
        var second = weights + arguments.BlockDistance;
        var third = second + arguments.BlockDistance;
        var floatScales = arguments.FloatScales;
        var bits = arguments.Bits;
        var sums = arguments.Accumulate ? Vector512.Load(arguments.Sums) : Vector512<float>.Zero;
        var secondSums = Vector512<float>.Zero;
        var thirdSums = Vector512<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector512.Create(arguments.TableScales[segment]);
            for (var bit = 0; bit < bits; bit++)
            {
                sums = AddUnit(ref weights, tables, step, floatScales, nibbles, tableNumbers, ones, sums);
                if (TBlocks.Count > 1)
                {
                    secondSums = AddUnit(ref second, secondTables, step, floatScales, nibbles, tableNumbers, ones, secondSums);
                }

                if (TBlocks.Count > 2)
                {
                    thirdSums = AddUnit(ref third, thirdTables, step, floatScales, nibbles, tableNumbers, ones, thirdSums);
                }
            }

            tables += SegmentTables;
            secondTables += SegmentTables;
            thirdTables += SegmentTables;
        }

        sums.Store(arguments.Sums);
        if (TBlocks.Count > 1)
        {
            secondSums.Store(arguments.Sums + PrepackedLayout.BlockRows);
        }

        if (TBlocks.Count > 2)
        {
            thirdSums.Store(arguments.Sums + (2 * PrepackedLayout.BlockRows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddUnit(
        ref byte* weights, byte* tables, Vector512<float> step, bool floatScales,
        Vector512<uint> nibbles, Vector512<uint> tableNumbers, Vector512<byte> ones, Vector512<float> sums)
    {
        // The right halves first: the left ones may then overwrite the codes.
        var v0 = Avx512Codes.Load(ref weights, ReadAhead);
        var v1 = TShape.Chunks > 1 ? Avx512Codes.Load(ref weights, ReadAhead) : v0;
        var v2 = TShape.Chunks > 2 ? Avx512Codes.Load(ref weights, ReadAhead) : v0;
        var v3 = TShape.Chunks > 3 ? Avx512Codes.Load(ref weights, ReadAhead) : v0;
        var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
        var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
        var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
        var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
        var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
        var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
        var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
        var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
        if (TShape.Split)
        {
            sums = Vector512.FusedMultiplyAdd(HalfChunk(left0, tables, 0, ones) * step, ScaleLoads.Next512(ref weights, floatScales), sums);
            return Vector512.FusedMultiplyAdd(HalfChunk(right0, tables, 1, ones) * step, ScaleLoads.Next512(ref weights, floatScales), sums);
        }

        var total = Segment(left0, right0, left1, right1, left2, right2, left3, right3, tables, ones);
        return Vector512.FusedMultiplyAdd(total * step, ScaleLoads.Next512(ref weights, floatScales), sums);
    }

    // The index registers of a unit are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        if (!arguments.Accumulate)
        {
            new Span<float>(arguments.Sums, arguments.Inputs * PrepackedLayout.BlockRows).Clear();
        }

        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x01010101)).AsByte();
        var weights = arguments.Weights;
        var readAhead = arguments.ReadAhead;
        var segmentTables = arguments.Tables;
        var steps = arguments.TableScales;
        var inputs = arguments.Inputs;
        var bits = arguments.Bits;
        var floatScales = arguments.FloatScales;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                var v0 = Avx512Codes.Load(ref weights, readAhead);
                var v1 = TShape.Chunks > 1 ? Avx512Codes.Load(ref weights, readAhead) : v0;
                var v2 = TShape.Chunks > 2 ? Avx512Codes.Load(ref weights, readAhead) : v0;
                var v3 = TShape.Chunks > 3 ? Avx512Codes.Load(ref weights, readAhead) : v0;
                var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
                var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
                var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
                var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
                var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
                var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
                var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
                var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
                var scales = ScaleLoads.Next512(ref weights, floatScales);
                var secondScales = TShape.Split ? ScaleLoads.Next512(ref weights, floatScales) : scales;

                var tables = segmentTables;
                var sums = arguments.Sums;
                for (var input = 0; input < inputs; input++)
                {
                    var step = Vector512.Create(steps[input]);
                    var sum = Vector512.Load(sums);
                    if (TShape.Split)
                    {
                        sum = Vector512.FusedMultiplyAdd(HalfChunk(left0, tables, 0, ones) * step, scales, sum);
                        sum = Vector512.FusedMultiplyAdd(HalfChunk(right0, tables, 1, ones) * step, secondScales, sum);
                    }
                    else
                    {
                        var total = Segment(left0, right0, left1, right1, left2, right2, left3, right3, tables, ones);
                        sum = Vector512.FusedMultiplyAdd(total * step, scales, sum);
                    }

                    sum.Store(sums);
                    tables += SegmentTables;
                    sums += PrepackedLayout.BlockRows;
                }
            }

            segmentTables += (nint)inputs * SegmentTables;
            steps += inputs;
        }
    }

    // All permutations of a plane, then its multiplications; the low bytes are looked up before the high words are added. In this order the
    // processor divides the work best among its units.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Segment(
        Vector512<byte> left0, Vector512<byte> right0, Vector512<byte> left1, Vector512<byte> right1,
        Vector512<byte> left2, Vector512<byte> right2, Vector512<byte> left3, Vector512<byte> right3, byte* tables, Vector512<byte> ones)
    {
        var bytes0 = LookUp(left0, tables, 0);
        var bytes1 = LookUp(right0, tables, 1);
        var bytes2 = TShape.Chunks > 1 ? LookUp(left1, tables, 2) : default;
        var bytes3 = TShape.Chunks > 1 ? LookUp(right1, tables, 3) : default;
        var bytes4 = TShape.Chunks > 2 ? LookUp(left2, tables, 4) : default;
        var bytes5 = TShape.Chunks > 2 ? LookUp(right2, tables, 5) : default;
        var bytes6 = TShape.Chunks > 3 ? LookUp(left3, tables, 6) : default;
        var bytes7 = TShape.Chunks > 3 ? LookUp(right3, tables, 7) : default;
        var high0 = HighWords(bytes0, ones);
        var high1 = HighWords(bytes1, ones);
        var high2 = TShape.Chunks > 1 ? HighWords(bytes2, ones) : default;
        var high3 = TShape.Chunks > 1 ? HighWords(bytes3, ones) : default;
        var high4 = TShape.Chunks > 2 ? HighWords(bytes4, ones) : default;
        var high5 = TShape.Chunks > 2 ? HighWords(bytes5, ones) : default;
        var high6 = TShape.Chunks > 3 ? HighWords(bytes6, ones) : default;
        var high7 = TShape.Chunks > 3 ? HighWords(bytes7, ones) : default;
        if (TPlanes.Count == 1)
        {
            var words = Sum(high0, high1, high2, high3, high4, high5, high6, high7);
            return Total(words, words);
        }

        bytes0 = LookUp(left0, tables + Line, 0);
        bytes1 = LookUp(right0, tables + Line, 1);
        bytes2 = TShape.Chunks > 1 ? LookUp(left1, tables + Line, 2) : default;
        bytes3 = TShape.Chunks > 1 ? LookUp(right1, tables + Line, 3) : default;
        bytes4 = TShape.Chunks > 2 ? LookUp(left2, tables + Line, 4) : default;
        bytes5 = TShape.Chunks > 2 ? LookUp(right2, tables + Line, 5) : default;
        bytes6 = TShape.Chunks > 3 ? LookUp(left3, tables + Line, 6) : default;
        bytes7 = TShape.Chunks > 3 ? LookUp(right3, tables + Line, 7) : default;
        var high = Sum(high0, high1, high2, high3, high4, high5, high6, high7);
        var low0 = LowWords(bytes0, ones);
        var low1 = LowWords(bytes1, ones);
        var low2 = TShape.Chunks > 1 ? LowWords(bytes2, ones) : default;
        var low3 = TShape.Chunks > 1 ? LowWords(bytes3, ones) : default;
        var low4 = TShape.Chunks > 2 ? LowWords(bytes4, ones) : default;
        var low5 = TShape.Chunks > 2 ? LowWords(bytes5, ones) : default;
        var low6 = TShape.Chunks > 3 ? LowWords(bytes6, ones) : default;
        var low7 = TShape.Chunks > 3 ? LowWords(bytes7, ones) : default;
        return Total(high, Sum(low0, low1, low2, low3, low4, low5, low6, low7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Sum(
        Vector512<short> first, Vector512<short> second, Vector512<short> third, Vector512<short> fourth,
        Vector512<short> fifth, Vector512<short> sixth, Vector512<short> seventh, Vector512<short> eighth)
    {
        var sum = first + second;
        sum = TShape.Chunks > 1 ? sum + (third + fourth) : sum;
        return TShape.Chunks switch
        {
            3 => sum + (fifth + sixth),
            > 3 => sum + ((fifth + sixth) + (seventh + eighth)),
            _ => sum,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> HalfChunk(Vector512<byte> index, byte* tables, int half, Vector512<byte> ones)
    {
        var high = HighWords(LookUp(index, tables, half), ones);
        return TPlanes.Count == 2 ? Total(high, LowWords(LookUp(index, tables + Line, half), ones)) : Total(high, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> LookUp(Vector512<byte> index, byte* tables, int half) => Avx512Codes.LookUp(tables + (half * HalfTables), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> HighWords(Vector512<byte> bytes, Vector512<byte> ones) => Avx512BW.MultiplyAddAdjacent(ones, bytes.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> LowWords(Vector512<byte> bytes, Vector512<byte> ones) => Avx512BW.MultiplyAddAdjacent(bytes, ones.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Total(Vector512<short> high, Vector512<short> low) => TPlanes.Count == 2
        ? Vector512.ConvertToSingle(
            Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)256)) + Avx512BW.MultiplyAddAdjacent(low, Vector512.Create((short)1)))
        : Vector512.ConvertToSingle(Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)1)));
}
