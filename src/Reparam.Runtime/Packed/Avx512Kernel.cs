using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Quantised tables on AVX-512 VBMI. A register holds the 16-entry tables of four quads; an index byte names the table in its upper bits and the
/// entry in its nibble, so one permutation looks up four quads of 16 rows. The four bytes of a dword belong to one row, so neighbours are added.
/// </summary>
internal static unsafe class Avx512Kernel<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int Line = 64;
    private const int ReadAhead = 2048;

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

    // Several row blocks in turn: while the lines of one stream are on their way from memory, those of the others are looked up.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne<TBlocks>(in KernelArguments arguments)
        where TBlocks : struct, IBlockCount
    {
        var (nibbleBits, tableBits, oneBits) = (Opaque(0x0F0F0F0F), Opaque(0x30201000), Opaque(0x01010101));
        var nibbles = Vector512.Create(nibbleBits);
        var tableNumbers = Vector512.Create(tableBits);
        var ones = Vector512.Create(oneBits).AsByte();
        var stream = arguments.Stream;
        var second = stream + arguments.BlockDistance;
        var third = second + arguments.BlockDistance;
        var tables = arguments.Tables;
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
                sums = AddUnit(ref stream, tables, step, floatScales, nibbles, tableNumbers, ones, sums);
                if (TBlocks.Count > 1)
                {
                    secondSums = AddUnit(ref second, tables, step, floatScales, nibbles, tableNumbers, ones, secondSums);
                }

                if (TBlocks.Count > 2)
                {
                    thirdSums = AddUnit(ref third, tables, step, floatScales, nibbles, tableNumbers, ones, thirdSums);
                }
            }

            tables += SegmentTables;
        }

        sums.Store(arguments.Sums);
        if (TBlocks.Count > 1)
        {
            secondSums.Store(arguments.Sums + StreamLayout.BlockRows);
        }

        if (TBlocks.Count > 2)
        {
            thirdSums.Store(arguments.Sums + (2 * StreamLayout.BlockRows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddUnit(
        ref byte* stream, byte* tables, Vector512<float> step, bool floatScales,
        Vector512<uint> nibbles, Vector512<uint> tableNumbers, Vector512<byte> ones, Vector512<float> sums)
    {
        // The right halves first: the left ones may then overwrite the codes.
        var v0 = Load(ref stream, ReadAhead);
        var v1 = TShape.Chunks > 1 ? Load(ref stream, ReadAhead) : v0;
        var v2 = TShape.Chunks > 2 ? Load(ref stream, ReadAhead) : v0;
        var v3 = TShape.Chunks > 3 ? Load(ref stream, ReadAhead) : v0;
        var right0 = Right(v0, nibbles, tableNumbers);
        var left0 = Left(v0, nibbles, tableNumbers);
        var right1 = Right(v1, nibbles, tableNumbers);
        var left1 = Left(v1, nibbles, tableNumbers);
        var right2 = Right(v2, nibbles, tableNumbers);
        var left2 = Left(v2, nibbles, tableNumbers);
        var right3 = Right(v3, nibbles, tableNumbers);
        var left3 = Left(v3, nibbles, tableNumbers);
        if (TShape.Split)
        {
            sums = Vector512.FusedMultiplyAdd(HalfChunk(left0, tables, 0, ones) * step, ScaleLoads.Next512(ref stream, floatScales), sums);
            return Vector512.FusedMultiplyAdd(HalfChunk(right0, tables, 1, ones) * step, ScaleLoads.Next512(ref stream, floatScales), sums);
        }

        var total = Segment(left0, right0, left1, right1, left2, right2, left3, right3, tables, ones);
        return Vector512.FusedMultiplyAdd(total * step, ScaleLoads.Next512(ref stream, floatScales), sums);
    }

    // The index registers of a unit are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        if (!arguments.Accumulate)
        {
            new Span<float>(arguments.Sums, arguments.Inputs * StreamLayout.BlockRows).Clear();
        }

        var (nibbleBits, tableBits, oneBits) = (Opaque(0x0F0F0F0F), Opaque(0x30201000), Opaque(0x01010101));
        var nibbles = Vector512.Create(nibbleBits);
        var tableNumbers = Vector512.Create(tableBits);
        var ones = Vector512.Create(oneBits).AsByte();
        var stream = arguments.Stream;
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
                var v0 = Load(ref stream, readAhead);
                var v1 = TShape.Chunks > 1 ? Load(ref stream, readAhead) : v0;
                var v2 = TShape.Chunks > 2 ? Load(ref stream, readAhead) : v0;
                var v3 = TShape.Chunks > 3 ? Load(ref stream, readAhead) : v0;
                var right0 = Right(v0, nibbles, tableNumbers);
                var left0 = Left(v0, nibbles, tableNumbers);
                var right1 = Right(v1, nibbles, tableNumbers);
                var left1 = Left(v1, nibbles, tableNumbers);
                var right2 = Right(v2, nibbles, tableNumbers);
                var left2 = Left(v2, nibbles, tableNumbers);
                var right3 = Right(v3, nibbles, tableNumbers);
                var left3 = Left(v3, nibbles, tableNumbers);
                var scales = ScaleLoads.Next512(ref stream, floatScales);
                var secondScales = TShape.Split ? ScaleLoads.Next512(ref stream, floatScales) : scales;

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
                    sums += StreamLayout.BlockRows;
                }
            }

            segmentTables += (nint)inputs * SegmentTables;
            steps += inputs;
        }
    }

    // A constant that the compiler cannot see: it would otherwise load the vector again in every round instead of keeping it in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Opaque(uint value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Load(ref byte* stream, nint readAhead)
    {
        var codes = Vector512.Load(stream);
        Sse.Prefetch0(stream + readAhead);
        stream += Line;
        return codes;
    }

    // Table number j in bits 4 and 5 of byte j, entry number below it. The permutation ignores bits 6 and 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Left(Vector512<byte> codes, Vector512<uint> nibbles, Vector512<uint> tableNumbers) =>
        ((codes.AsUInt32() & nibbles) | tableNumbers).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Right(Vector512<byte> codes, Vector512<uint> nibbles, Vector512<uint> tableNumbers) =>
        (((codes.AsUInt32() >>> 4) & nibbles) | tableNumbers).AsByte();

    // The left and the right halves are summed apart: four independent sums, two for each plane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Segment(
        Vector512<byte> left0, Vector512<byte> right0, Vector512<byte> left1, Vector512<byte> right1,
        Vector512<byte> left2, Vector512<byte> right2, Vector512<byte> left3, Vector512<byte> right3, byte* tables, Vector512<byte> ones)
    {
        var highLeft = High(left0, tables, 0, ones);
        var lowLeft = Low(left0, tables, 0, ones);
        var highRight = High(right0, tables, 1, ones);
        var lowRight = Low(right0, tables, 1, ones);
        if (TShape.Chunks > 1)
        {
            highLeft += High(left1, tables, 2, ones);
            lowLeft += Low(left1, tables, 2, ones);
            highRight += High(right1, tables, 3, ones);
            lowRight += Low(right1, tables, 3, ones);
        }

        if (TShape.Chunks > 2)
        {
            highLeft += High(left2, tables, 4, ones);
            lowLeft += Low(left2, tables, 4, ones);
            highRight += High(right2, tables, 5, ones);
            lowRight += Low(right2, tables, 5, ones);
        }

        if (TShape.Chunks > 3)
        {
            highLeft += High(left3, tables, 6, ones);
            lowLeft += Low(left3, tables, 6, ones);
            highRight += High(right3, tables, 7, ones);
            lowRight += Low(right3, tables, 7, ones);
        }

        return Total(highLeft + highRight, TPlanes.Count == 2 ? lowLeft + lowRight : lowLeft);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> HalfChunk(Vector512<byte> index, byte* tables, int half, Vector512<byte> ones) =>
        Total(High(index, tables, half, ones), Low(index, tables, half, ones));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> High(Vector512<byte> index, byte* tables, int half, Vector512<byte> ones) =>
        Avx512BW.MultiplyAddAdjacent(ones, Avx512Vbmi.PermuteVar64x8(Vector512.Load(tables + half * HalfTables), index).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Low(Vector512<byte> index, byte* tables, int half, Vector512<byte> ones) => TPlanes.Count == 2
        ? Avx512BW.MultiplyAddAdjacent(Avx512Vbmi.PermuteVar64x8(Vector512.Load(tables + (half * HalfTables + Line)), index), ones.AsSByte())
        : Vector512<short>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Total(Vector512<short> high, Vector512<short> low) => TPlanes.Count == 2
        ? Vector512.ConvertToSingle(
            Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)256)) + Avx512BW.MultiplyAddAdjacent(low, Vector512.Create((short)1)))
        : Vector512.ConvertToSingle(Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)1)));
}
