using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Nested weights by byte shuffles, which serve 16 rows of a group in a lane. The entries of a group's four quads are added in words, high and low bytes
/// apart; a multiplication of words joins both with the amplitudes, 256·a and a, in double words, where they stay for a segment. With narrow tables two
/// groups are joined instead, each with its amplitudes.
/// </summary>
internal static unsafe class NestedKernel<TPlanes, TLanes>
    where TPlanes : struct, ITablePlanes
    where TLanes : unmanaged, IRowLanes<TLanes>
{
    private const int Line = NestedOrder.Line;
    private const int Half = Line / 2;
    private const int ReadAhead = 4096;
    private const int Rows = PrepackedLayout.BlockRows;
    private const int Quarter = 4;

    // Profiles of a table that fills four registers.
    private const int Chunk = 64;

    // Planes and offset.
    private const int MaxColumns = PlanesMatrix.MaxBits + 1;

    private static int QuadTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * Line;
    }

    /// <summary>Multiplies a row block with every input row.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(in KernelArguments arguments)
    {
        var profiles = (NestedProfiles*)arguments.Extra;
        var scales = (ushort*)arguments.Weights;
        var weights = arguments.Weights + profiles->ScaleBytes;
        var tables = arguments.Tables;
        var steps = arguments.TableScales;
        var sets = profiles->Sets;
        var bits = arguments.Bits;
        var columns = bits + (profiles->HasOffsets ? 1 : 0);
        var tableBytes = sets * NestedColumns.SetGroups * QuadTables;
        var setBytes = ((profiles->TableBytes == 0 ? columns : 1) + (2 * bits)) * Line;

        // [set][plane, then offset][64]
        var memory = stackalloc byte[(NestedColumns.MaxSets * MaxColumns * Line) + Line];
        var found = (byte*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        var integers = stackalloc int[2 * Rows];
        new Span<float>(arguments.Sums, arguments.Inputs * Rows).Clear();
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var place =
                new SegmentPlace
                {
                    Codes = weights + setBytes - (2 * bits * Line),
                    CodesDistance = setBytes,
                    Amplitudes = weights,
                    AmplitudesDistance = setBytes
                };
            if (profiles->TableBytes != 0)
            {
                place.Amplitudes = found;
                place.AmplitudesDistance = columns * Line;
                LookUpProfiles(profiles, weights, setBytes, found, columns);
            }

            for (var input = 0; input < arguments.Inputs; input++)
            {
                AddPlanes(in place, tables, sets, bits, integers);
                var inputSums = (NestedInputSums*)(tables + tableBytes);
                if (profiles->HasOffsets)
                {
                    AddOffsets(in place, (int*)inputSums->Sums, sets, bits, integers + Rows);
                }

                AddSegment(profiles, integers, *steps, inputSums, scales, arguments.Sums + (input * Rows));
                tables += tableBytes + NestedInputSums.Bytes;
                steps++;
            }

            weights += sets * setBytes;
            scales += Rows;
        }
    }

    // The amplitudes and offsets of a segment, [set][plane, then offset][64], among 64 or 128 profiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void LookUpProfiles(NestedProfiles* profiles, byte* indices, nint distance, byte* found, int columns)
    {
        if (profiles->TableBytes > Chunk)
        {
            LookUpProfiles(profiles, indices, distance, found, columns, isLong: true);
        }
        else
        {
            LookUpProfiles(profiles, indices, distance, found, columns, isLong: false);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LookUpProfiles(NestedProfiles* profiles, byte* indices, nint distance, byte* found, int columns, [ConstantExpected] bool isLong)
    {
        var tableBytes = profiles->TableBytes;
        for (var column = 0; column < columns; column += isLong ? 1 : 2)
        {
            // Eight registers of tables: both halves of a long column, or two short ones, the last of an odd number twice.
            var next = isLong || column + 1 == columns ? 0 : 1;
            var table = (byte*)profiles + NestedProfiles.HeadBytes + (column * tableBytes);
            var upper = table + (isLong ? Chunk : next * tableBytes);
            var (t0, t1, t2, t3) = (TLanes.Repeat(table), TLanes.Repeat(table + 16), TLanes.Repeat(table + 32), TLanes.Repeat(table + 48));
            var (t4, t5, t6, t7) = (TLanes.Repeat(upper), TLanes.Repeat(upper + 16), TLanes.Repeat(upper + 32), TLanes.Repeat(upper + 48));
            var line = indices;
            var place = found + (column * Line);
            nint nextPlace = next * Line;
            for (var set = 0; set < profiles->Sets; set++)
            {
                for (nint part = 0; part < Line; part += TLanes.Bytes)
                {
                    var index = TLanes.Load(line + part);
                    var first = TLanes.LookUp(t0, t1, t2, t3, index);
                    var second = TLanes.LookUp(t4, t5, t6, t7, index);
                    if (isLong)
                    {
                        TLanes.Select(first, second, index).Store(place + part);
                    }
                    else
                    {
                        first.Store(place + part);
                        second.Store(place + part + nextPlace);
                    }
                }

                line += distance;
                place += columns * Line;
            }
        }
    }

    // The signed sums of a segment times the amplitudes, for each row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddPlanes(in SegmentPlace place, byte* tables, int sets, int bits, int* sums)
    {
        const byte None = 0x80;
        var codes = place.Codes;
        var amplitudes = place.Amplitudes;
        nint half = bits * Line;

        // Where four rows find their amplitudes as words, 256·a and a, interleaved.
        var quarter = TLanes.Repeat(Vector128.Create((byte)Quarter));
        var rows0 = TLanes.Repeat(Vector128.Create(None, 0, 0, None, None, 1, 1, None, None, 2, 2, None, None, 3, 3, None));
        var rows1 = TLanes.AddWords(rows0, quarter);
        var rows2 = TLanes.AddWords(rows1, quarter);
        var rows3 = TLanes.AddWords(rows2, quarter);
        var (s0, s1, s2, s3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var set = 0; set < sets; set++)
        {
            for (nint part = 0; part < (TPlanes.Count == 2 ? Line : Half); part += TLanes.Bytes)
            {
                var code = codes + part;
                var amplitude = amplitudes + part;
                var table = tables + part;
                for (var end = code + half; code < end; code += Line, amplitude += Line)
                {
                    TLanes firstA, lastA, firstB, lastB, f0, f1, f2, f3;
                    Indices(code, half, out var i0, out var i1, out var i2, out var i3);
                    AddQuads(table, i0, i1, i2, i3, out firstA, out lastA);
                    if (TPlanes.Count == 2)
                    {
                        AddQuads(table + Line, i0, i1, i2, i3, out firstB, out lastB);
                        var found = TLanes.Load(amplitude);
                        (f0, f1, f2, f3) = (TLanes.LookUp(found, rows0), TLanes.LookUp(found, rows1), TLanes.LookUp(found, rows2), TLanes.LookUp(found, rows3));
                    }
                    else
                    {
                        Indices(code + Half, half, out i0, out i1, out i2, out i3);
                        AddQuads(table + Half, i0, i1, i2, i3, out firstB, out lastB);
                        Widen(amplitude, out f0, out f1, out f2, out f3);
                    }

                    s0 = TLanes.AddInts(s0, TLanes.MultiplyAddNeighbours(TLanes.InterleaveLowWords(firstA, firstB), f0));
                    s1 = TLanes.AddInts(s1, TLanes.MultiplyAddNeighbours(TLanes.InterleaveHighWords(firstA, firstB), f1));
                    s2 = TLanes.AddInts(s2, TLanes.MultiplyAddNeighbours(TLanes.InterleaveLowWords(lastA, lastB), f2));
                    s3 = TLanes.AddInts(s3, TLanes.MultiplyAddNeighbours(TLanes.InterleaveHighWords(lastA, lastB), f3));
                }
            }

            Prefetch(codes + ReadAhead, codes + ReadAhead + place.CodesDistance);
            tables += NestedColumns.SetGroups * QuadTables;
            codes += place.CodesDistance;
            amplitudes += place.AmplitudesDistance;
        }

        Store(s0, s1, s2, s3, sums);
    }

    // The indices of a group's four quads.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Indices(byte* codes, nint half, out TLanes i0, out TLanes i1, out TLanes i2, out TLanes i3)
    {
        var (left, right) = (TLanes.Load(codes), TLanes.Load(codes + half));
        (i0, i1, i2, i3) = (TLanes.LowNibbles(left), TLanes.HighNibbles(left), TLanes.LowNibbles(right), TLanes.HighNibbles(right));
    }

    // Words of rows 0 to 7 and 8 to 15: the sums of four quads' entries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddQuads(byte* tables, TLanes i0, TLanes i1, TLanes i2, TLanes i3, out TLanes first, out TLanes last)
    {
        var f0 = TLanes.LookUp(TLanes.Load(tables), i0);
        var f1 = TLanes.LookUp(TLanes.Load(tables + QuadTables), i1);
        var f2 = TLanes.LookUp(TLanes.Load(tables + (2 * QuadTables)), i2);
        var f3 = TLanes.LookUp(TLanes.Load(tables + (3 * QuadTables)), i3);
        first = TLanes.AddWords(TLanes.AddNeighbours(TLanes.InterleaveLow(f0, f1)), TLanes.AddNeighbours(TLanes.InterleaveLow(f2, f3)));
        last = TLanes.AddWords(TLanes.AddNeighbours(TLanes.InterleaveHigh(f0, f1)), TLanes.AddNeighbours(TLanes.InterleaveHigh(f2, f3)));
    }

    // Words of four rows each: those of a group and of the second group after it, interleaved.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(byte* line, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3)
    {
        var (near, far) = (TLanes.Load(line), TLanes.Load(line + Half));
        var (first, last) = (TLanes.InterleaveLow(near, far), TLanes.InterleaveHigh(near, far));
        (w0, w1, w2, w3) = (TLanes.WidenLow(first), TLanes.WidenHigh(first), TLanes.WidenLow(last), TLanes.WidenHigh(last));
    }

    // The offsets of the groups times the sums of their inputs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddOffsets(in SegmentPlace place, int* groupSums, int sets, int bits, int* sums)
    {
        var offsets = place.Amplitudes + (bits * Line);
        var (s0, s1, s2, s3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var set = 0; set < sets; set++)
        {
            for (var part = 0; part < Half; part += TLanes.Bytes)
            {
                // Groups 0 and 2, or 1 and 3.
                var factors = TLanes.Repeat(groupSums + (part / Rows));
                Widen(offsets + part, out var w0, out var w1, out var w2, out var w3);
                s0 = TLanes.AddInts(s0, TLanes.MultiplyAddNeighbours(w0, factors));
                s1 = TLanes.AddInts(s1, TLanes.MultiplyAddNeighbours(w1, factors));
                s2 = TLanes.AddInts(s2, TLanes.MultiplyAddNeighbours(w2, factors));
                s3 = TLanes.AddInts(s3, TLanes.MultiplyAddNeighbours(w3, factors));
            }

            groupSums += 2;
            offsets += place.AmplitudesDistance;
        }

        Store(s0, s1, s2, s3, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* start, byte* end)
    {
        for (; Sse.IsSupported && start < end; start += Line)
        {
            Sse.Prefetch0(start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes s0, TLanes s1, TLanes s2, TLanes s3, int* sums)
    {
        TLanes.AddLanes(s0).Store(sums);
        TLanes.AddLanes(s1).Store(sums + Quarter);
        TLanes.AddLanes(s2).Store(sums + (2 * Quarter));
        TLanes.AddLanes(s3).Store(sums + (3 * Quarter));
    }

    // Integers, then those of the offsets, in their units and times the super-scales, are added to the sums of a block.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSegment(NestedProfiles* profiles, int* integers, float step, NestedInputSums* inputSums, ushort* scales, float* sums)
    {
        var unit = Vector128.Create(step * profiles->Step);
        var offsetUnit = Vector128.Create(inputSums->Step * profiles->Step);
        var min = Vector128.Create(inputSums->Total * profiles->MinOffset * profiles->Step);
        var place = (byte*)scales;
        for (var row = 0; row < Rows; row += Quarter)
        {
            var total = Vector128.ConvertToSingle(Vector128.Load(integers + row)) * unit;
            if (profiles->HasOffsets)
            {
                total += (Vector128.ConvertToSingle(Vector128.Load(integers + Rows + row)) * offsetUnit) + min;
            }

            (Vector128.Load(sums + row) + (total * ScaleLoads.Next128(ref place, floatScales: false))).Store(sums + row);
        }
    }

    // Where a segment's codes and profiles lie, and how far apart those of its sets.
    private struct SegmentPlace
    {
        public byte* Codes;
        public nint CodesDistance;
        public byte* Amplitudes;
        public nint AmplitudesDistance;
    }
}
