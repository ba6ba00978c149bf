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
    private const int ReadAhead = 4096;

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
        if (arguments.Inputs == 1)
        {
            MultiplyOne(in arguments);
        }
        else
        {
            MultiplyMany(in arguments);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments)
    {
        var stream = arguments.Stream;
        var tables = arguments.Tables;
        var floatScales = arguments.FloatScales;
        var bits = arguments.Bits;
        var nibbles = Vector512.Create(Opaque(0x0F0F0F0F));
        var tableNumbers = Vector512.Create(Opaque(0x30201000));
        var ones = Vector512.Create(Opaque(0x01010101)).AsByte();
        var sums = Vector512<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector512.Create(arguments.TableScales[segment]);
            for (var bit = 0; bit < bits; bit++)
            {
                var v = Load(ref stream);
                var left = Left(v, nibbles, tableNumbers);
                var right = Right(v, nibbles, tableNumbers);
                if (TShape.Split)
                {
                    var leftSum = Total(High(left, tables, ones), Low(left, tables, ones));
                    var rightSum = Total(High(right, tables + HalfTables, ones), Low(right, tables + HalfTables, ones));
                    sums = Vector512.FusedMultiplyAdd(leftSum * step, ScaleLoads.Next512(ref stream, floatScales), sums);
                    sums = Vector512.FusedMultiplyAdd(rightSum * step, ScaleLoads.Next512(ref stream, floatScales), sums);
                    continue;
                }

                var high = High(left, tables, ones) + High(right, tables + HalfTables, ones);
                var low = Low(left, tables, ones) + Low(right, tables + HalfTables, ones);
                if (TShape.Chunks > 1)
                {
                    v = Load(ref stream);
                    left = Left(v, nibbles, tableNumbers);
                    right = Right(v, nibbles, tableNumbers);
                    high += High(left, tables + 2 * HalfTables, ones) + High(right, tables + 3 * HalfTables, ones);
                    low += Low(left, tables + 2 * HalfTables, ones) + Low(right, tables + 3 * HalfTables, ones);
                }

                if (TShape.Chunks > 2)
                {
                    v = Load(ref stream);
                    left = Left(v, nibbles, tableNumbers);
                    right = Right(v, nibbles, tableNumbers);
                    high += High(left, tables + 4 * HalfTables, ones) + High(right, tables + 5 * HalfTables, ones);
                    low += Low(left, tables + 4 * HalfTables, ones) + Low(right, tables + 5 * HalfTables, ones);
                }

                if (TShape.Chunks > 3)
                {
                    v = Load(ref stream);
                    left = Left(v, nibbles, tableNumbers);
                    right = Right(v, nibbles, tableNumbers);
                    high += High(left, tables + 6 * HalfTables, ones) + High(right, tables + 7 * HalfTables, ones);
                    low += Low(left, tables + 6 * HalfTables, ones) + Low(right, tables + 7 * HalfTables, ones);
                }

                sums = Vector512.FusedMultiplyAdd(Total(high, low) * step, ScaleLoads.Next512(ref stream, floatScales), sums);
            }

            tables += SegmentTables;
        }

        sums.Store(arguments.Sums);
    }

    // The index registers of a unit are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        var stream = arguments.Stream;
        var segmentTables = arguments.Tables;
        var steps = arguments.TableScales;
        var inputs = arguments.Inputs;
        var bits = arguments.Bits;
        var floatScales = arguments.FloatScales;
        var nibbles = Vector512.Create(Opaque(0x0F0F0F0F));
        var tableNumbers = Vector512.Create(Opaque(0x30201000));
        var ones = Vector512.Create(Opaque(0x01010101)).AsByte();
        new Span<float>(arguments.Sums, inputs * StreamLayout.BlockRows).Clear();
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                var v0 = Load(ref stream);
                var v1 = TShape.Chunks > 1 ? Load(ref stream) : v0;
                var v2 = TShape.Chunks > 2 ? Load(ref stream) : v0;
                var v3 = TShape.Chunks > 3 ? Load(ref stream) : v0;
                var left0 = Left(v0, nibbles, tableNumbers);
                var right0 = Right(v0, nibbles, tableNumbers);
                var left1 = Left(v1, nibbles, tableNumbers);
                var right1 = Right(v1, nibbles, tableNumbers);
                var left2 = Left(v2, nibbles, tableNumbers);
                var right2 = Right(v2, nibbles, tableNumbers);
                var left3 = Left(v3, nibbles, tableNumbers);
                var right3 = Right(v3, nibbles, tableNumbers);
                var scales = ScaleLoads.Next512(ref stream, floatScales);
                var secondScales = TShape.Split ? ScaleLoads.Next512(ref stream, floatScales) : scales;

                var tables = segmentTables;
                var sums = arguments.Sums;
                for (var input = 0; input < inputs; input++)
                {
                    var step = Vector512.Create(steps[input]);
                    if (TShape.Split)
                    {
                        var leftSum = Total(High(left0, tables, ones), Low(left0, tables, ones));
                        var rightSum = Total(High(right0, tables + HalfTables, ones), Low(right0, tables + HalfTables, ones));
                        var sum = Vector512.FusedMultiplyAdd(leftSum * step, scales, Vector512.Load(sums));
                        Vector512.FusedMultiplyAdd(rightSum * step, secondScales, sum).Store(sums);
                    }
                    else
                    {
                        var high = High(left0, tables, ones) + High(right0, tables + HalfTables, ones);
                        var low = Low(left0, tables, ones) + Low(right0, tables + HalfTables, ones);
                        if (TShape.Chunks > 1)
                        {
                            high += High(left1, tables + 2 * HalfTables, ones) + High(right1, tables + 3 * HalfTables, ones);
                            low += Low(left1, tables + 2 * HalfTables, ones) + Low(right1, tables + 3 * HalfTables, ones);
                        }

                        if (TShape.Chunks > 2)
                        {
                            high += High(left2, tables + 4 * HalfTables, ones) + High(right2, tables + 5 * HalfTables, ones);
                            low += Low(left2, tables + 4 * HalfTables, ones) + Low(right2, tables + 5 * HalfTables, ones);
                        }

                        if (TShape.Chunks > 3)
                        {
                            high += High(left3, tables + 6 * HalfTables, ones) + High(right3, tables + 7 * HalfTables, ones);
                            low += Low(left3, tables + 6 * HalfTables, ones) + Low(right3, tables + 7 * HalfTables, ones);
                        }

                        Vector512.FusedMultiplyAdd(Total(high, low) * step, scales, Vector512.Load(sums)).Store(sums);
                    }

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
    private static Vector512<byte> Load(ref byte* stream)
    {
        var codes = Vector512.Load(stream);
        Sse.Prefetch0(stream + ReadAhead);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> High(Vector512<byte> index, byte* tables, Vector512<byte> ones) =>
        Avx512BW.MultiplyAddAdjacent(ones, Avx512Vbmi.PermuteVar64x8(Vector512.Load(tables), index).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Low(Vector512<byte> index, byte* tables, Vector512<byte> ones) => TPlanes.Count == 2
        ? Avx512BW.MultiplyAddAdjacent(Avx512Vbmi.PermuteVar64x8(Vector512.Load(tables + Line), index), ones.AsSByte())
        : Vector512<short>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Total(Vector512<short> high, Vector512<short> low) => TPlanes.Count == 2
        ? Vector512.ConvertToSingle(
            Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)256)) + Avx512BW.MultiplyAddAdjacent(low, Vector512.Create((short)1)))
        : Vector512.ConvertToSingle(Avx512BW.MultiplyAddAdjacent(high, Vector512.Create((short)1)));
}
