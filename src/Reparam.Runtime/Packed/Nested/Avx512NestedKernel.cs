using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Nested weights on AVX-512 VBMI. The four bytes of a dword belong to one row and to four groups of 16 columns: one permutation looks up the sums of a
/// quad of each, another the amplitudes of a plane, for the four quads of the groups alike; a multiplication of bytes joins them in 16 bits and one by ones
/// in 32, where they stay for a segment.
/// </summary>
internal static unsafe class Avx512NestedKernel<TBits, TPlanes>
    where TBits : struct, INestedPlanes
    where TPlanes : struct, ITablePlanes
{
    private const int Line = 64;
    private const int ReadAhead = 2048;

    private static int QuadTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * Line;
    }

    private static int SetTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => NestedColumns.SetGroups * QuadTables;
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

    // Several row blocks interleaved, set by set: while the lines of one block are on their way from memory, those of the others are looked up.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments)
    {
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x00010001)).AsInt16();
        var profiles = (NestedProfiles*)arguments.Extra;
        var scales = arguments.Weights;
        var weights = scales + profiles->ScaleBytes;
        var tables = arguments.Tables;
        var steps = arguments.TableScales;
        var blocks = Math.Max(1, arguments.Blocks);
        var distance = arguments.BlockDistance;
        var sets = profiles->Sets;
        var hasOffsets = profiles->HasOffsets;

        // Of each block, of a segment { sums, sums with offsets }, and of all.
        var memory = stackalloc byte[(3 * NestedKernelTable.MaxInterleaved * Line) + Line];
        var integers = (Vector512<int>*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        var sums = (Vector512<float>*)(integers + (2 * NestedKernelTable.MaxInterleaved));
        for (var block = 0; block < blocks; block++)
        {
            sums[block] = Vector512<float>.Zero;
        }

        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var inputSums = (NestedInputSums*)(tables + (sets * SetTables));
            var groupSums = (int*)inputSums->Sums;
            for (var set = 0; set < sets; set++)
            {
                var next = weights;
                for (var block = 0; block < blocks; block++)
                {
                    next = weights + (block * distance);
                    Load(profiles, ref next, hasOffsets, out var a0, out var a1, out var a2, out var a3, out var offsets);
                    var quads = tables;
                    var (high, low) = (Vector512<int>.Zero, Vector512<int>.Zero);
                    for (var half = 0; half < 2; half++)
                    {
                        var v0 = Load(ref next);
                        var v1 = TBits.Count > 1 ? Load(ref next) : v0;
                        var v2 = TBits.Count > 2 ? Load(ref next) : v0;
                        var v3 = TBits.Count > 3 ? Load(ref next) : v0;
                        var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
                        var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
                        var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
                        var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
                        var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
                        var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
                        var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
                        var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
                        AddHalf(quads, left0, left1, left2, left3, right0, right1, right2, right3, a0, a1, a2, a3, ones, ref high, ref low);
                        quads += 2 * QuadTables;
                    }

                    var place = integers + (2 * block);
                    place[0] = set == 0 ? Total(high, low) : place[0] + Total(high, low);
                    if (hasOffsets)
                    {
                        place[1] = set == 0 ? Product(offsets, groupSums) : place[1] + Product(offsets, groupSums);
                    }
                }

                weights = next - ((blocks - 1) * distance);
                tables += SetTables;
                groupSums += 2;
            }

            for (var block = 0; block < blocks; block++)
            {
                var superScales = scales + (block * distance);
                sums[block] = AddSegment(
                    integers[2 * block], integers[(2 * block) + 1], steps[segment], hasOffsets, profiles, inputSums,
                    ScaleLoads.Next512(ref superScales, floatScales: false), sums[block]);
            }

            scales += PrepackedLayout.BlockRows * sizeof(ushort);
            tables += NestedInputSums.Bytes;
        }

        for (var block = 0; block < blocks; block++)
        {
            (sums[block] * Vector512.Create(profiles->Step)).Store(arguments.Sums + (block * PrepackedLayout.BlockRows));
        }
    }

    // The index and amplitude registers of a set are made once and used for every input row.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        var profiles = (NestedProfiles*)arguments.Extra;
        var scales = arguments.Weights;
        var weights = scales + profiles->ScaleBytes;
        var segmentTables = arguments.Tables;
        var steps = arguments.TableScales;
        var inputs = arguments.Inputs;
        var sets = profiles->Sets;
        var hasOffsets = profiles->HasOffsets;
        var segmentBytes = (sets * SetTables) + NestedInputSums.Bytes;
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x00010001)).AsInt16();

        // Of a segment: [input row]{ sums, sums with offsets }.
        var count = inputs * 2 * PrepackedLayout.BlockRows;
        var memory = stackalloc int[count + PrepackedLayout.BlockRows];
        var integers = (int*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        new Span<float>(arguments.Sums, inputs * PrepackedLayout.BlockRows).Clear();
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            new Span<int>(integers, count).Clear();
            for (var set = 0; set < sets; set++)
            {
                Load(profiles, ref weights, hasOffsets, out var a0, out var a1, out var a2, out var a3, out var offsets);
                for (var half = 0; half < 2; half++)
                {
                    var v0 = Load(ref weights);
                    var v1 = TBits.Count > 1 ? Load(ref weights) : v0;
                    var v2 = TBits.Count > 2 ? Load(ref weights) : v0;
                    var v3 = TBits.Count > 3 ? Load(ref weights) : v0;
                    var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
                    var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
                    var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
                    var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
                    var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
                    var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
                    var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
                    var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
                    var tables = segmentTables + (set * SetTables) + (half * 2 * QuadTables);
                    var place = integers;
                    for (var input = 0; input < inputs; input++)
                    {
                        var high = Vector512<int>.Zero;
                        var low = Vector512.Load(place);
                        AddHalf(tables, left0, left1, left2, left3, right0, right1, right2, right3, a0, a1, a2, a3, ones, ref high, ref low);
                        Total(high, low).Store(place);
                        tables += segmentBytes;
                        place += 2 * PrepackedLayout.BlockRows;
                    }
                }

                if (hasOffsets)
                {
                    var place = integers + PrepackedLayout.BlockRows;
                    var line = segmentTables + (sets * SetTables);
                    for (var input = 0; input < inputs; input++)
                    {
                        var groupSums = (int*)((NestedInputSums*)line)->Sums;
                        (Vector512.Load(place) + Product(offsets, groupSums + (2 * set))).Store(place);
                        line += segmentBytes;
                        place += 2 * PrepackedLayout.BlockRows;
                    }
                }
            }

            var superScales = ScaleLoads.Next512(ref scales, floatScales: false);
            for (var input = 0; input < inputs; input++)
            {
                var place = integers + (input * 2 * PrepackedLayout.BlockRows);
                var inputSums = (NestedInputSums*)(segmentTables + ((nint)input * segmentBytes) + (sets * SetTables));
                var sums = arguments.Sums + (input * PrepackedLayout.BlockRows);
                AddSegment(
                    Vector512.Load(place), Vector512.Load(place + PrepackedLayout.BlockRows), steps[input], hasOffsets, profiles, inputSums, superScales,
                    Vector512.Load(sums)).Store(sums);
            }

            segmentTables += (nint)inputs * segmentBytes;
            steps += inputs;
        }

        for (var input = 0; input < inputs; input++)
        {
            var place = arguments.Sums + (input * PrepackedLayout.BlockRows);
            (Vector512.Load(place) * Vector512.Create(profiles->Step)).Store(place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Load(ref byte* weights)
    {
        var codes = Vector512.Load(weights);
        Sse.Prefetch0(weights + ReadAhead);
        weights += Line;
        return codes;
    }

    /// <summary>The amplitudes and offsets of a set: looked up by the indices of the next prepacked line, or its next lines themselves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        NestedProfiles* profiles, ref byte* weights, bool hasOffsets,
        out Vector512<byte> a0, out Vector512<byte> a1, out Vector512<byte> a2, out Vector512<byte> a3, out Vector512<byte> offsets)
    {
        var indices = Load(ref weights);
        var bytes = profiles->TableBytes;
        if (bytes == 0)
        {
            a0 = indices;
            a1 = TBits.Count > 1 ? Load(ref weights) : a0;
            a2 = TBits.Count > 2 ? Load(ref weights) : a0;
            a3 = TBits.Count > 3 ? Load(ref weights) : a0;
            offsets = hasOffsets ? Load(ref weights) : a0;
            return;
        }

        var table = (byte*)profiles + NestedProfiles.HeadBytes;
        a0 = Avx512ByteTables.LookUp(table, bytes, indices);
        a1 = TBits.Count > 1 ? Avx512ByteTables.LookUp(table + bytes, bytes, indices) : a0;
        a2 = TBits.Count > 2 ? Avx512ByteTables.LookUp(table + (2 * bytes), bytes, indices) : a0;
        a3 = TBits.Count > 3 ? Avx512ByteTables.LookUp(table + (3 * bytes), bytes, indices) : a0;
        offsets = hasOffsets ? Avx512ByteTables.LookUp(table + (TBits.Count * bytes), bytes, indices) : a0;
    }

    // Two quads of each of the four groups. All look-ups come before the products: a processor's window then holds more work that does not wait.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalf(
        byte* tables, Vector512<byte> left0, Vector512<byte> left1, Vector512<byte> left2, Vector512<byte> left3,
        Vector512<byte> right0, Vector512<byte> right1, Vector512<byte> right2, Vector512<byte> right3,
        Vector512<byte> a0, Vector512<byte> a1, Vector512<byte> a2, Vector512<byte> a3, Vector512<short> ones, ref Vector512<int> high, ref Vector512<int> low)
    {
        var table = Vector512.Load(tables);
        var h0 = LookUp(table, left0);
        var h1 = TBits.Count > 1 ? LookUp(table, left1) : h0;
        var h2 = TBits.Count > 2 ? LookUp(table, left2) : h0;
        var h3 = TBits.Count > 3 ? LookUp(table, left3) : h0;
        table = Vector512.Load(tables + QuadTables);
        var g0 = LookUp(table, right0);
        var g1 = TBits.Count > 1 ? LookUp(table, right1) : g0;
        var g2 = TBits.Count > 2 ? LookUp(table, right2) : g0;
        var g3 = TBits.Count > 3 ? LookUp(table, right3) : g0;
        if (TPlanes.Count == 1)
        {
            high += Product(h0, h1, h2, h3, a0, a1, a2, a3, ones) + Product(g0, g1, g2, g3, a0, a1, a2, a3, ones);
            return;
        }

        table = Vector512.Load(tables + Line);
        var l0 = LookUp(table, left0);
        var l1 = TBits.Count > 1 ? LookUp(table, left1) : l0;
        var l2 = TBits.Count > 2 ? LookUp(table, left2) : l0;
        var l3 = TBits.Count > 3 ? LookUp(table, left3) : l0;
        table = Vector512.Load(tables + (3 * Line));
        var k0 = LookUp(table, right0);
        var k1 = TBits.Count > 1 ? LookUp(table, right1) : k0;
        var k2 = TBits.Count > 2 ? LookUp(table, right2) : k0;
        var k3 = TBits.Count > 3 ? LookUp(table, right3) : k0;
        high += Product(h0, h1, h2, h3, a0, a1, a2, a3, ones) + Product(g0, g1, g2, g3, a0, a1, a2, a3, ones);
        low += Product(l0, l1, l2, l3, a0, a1, a2, a3, ones) + Product(k0, k1, k2, k3, a0, a1, a2, a3, ones);
    }

    // Two products of 127 and a byte fit 16 bits; those of the amplitudes that sum up to 127 may be added there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Product(
        Vector512<sbyte> v0, Vector512<sbyte> v1, Vector512<sbyte> v2, Vector512<sbyte> v3,
        Vector512<byte> a0, Vector512<byte> a1, Vector512<byte> a2, Vector512<byte> a3, Vector512<short> ones)
    {
        var p0 = Avx512BW.MultiplyAddAdjacent(a0, v0);
        if (TBits.Count == 1)
        {
            return Avx512BW.MultiplyAddAdjacent(p0, ones);
        }

        var p1 = Avx512BW.MultiplyAddAdjacent(a1, v1);
        var p2 = TBits.Count > 2 ? Avx512BW.MultiplyAddAdjacent(a2, v2) : p1;
        var p3 = TBits.Count > 3 ? Avx512BW.MultiplyAddAdjacent(a3, v3) : p1;
        var sum = Avx512BW.MultiplyAddAdjacent(p0, ones);
        if (TBits.IsWide)
        {
            sum += Avx512BW.MultiplyAddAdjacent(p1, ones) + Avx512BW.MultiplyAddAdjacent(p2, ones);
            return TBits.Count > 3 ? sum + Avx512BW.MultiplyAddAdjacent(p3, ones) : sum;
        }

        var rest = TBits.Count > 3 ? p1 + p2 + p3 : TBits.Count > 2 ? p1 + p2 : p1;
        return sum + Avx512BW.MultiplyAddAdjacent(rest, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> LookUp(Vector512<byte> table, Vector512<byte> index) => Avx512Vbmi.PermuteVar64x8(table, index).AsSByte();

    // Offsets of the four groups, which may take eight bits, times the sums of their inputs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Product(Vector512<byte> offsets, int* groupSums)
    {
        var even = Vector512.BitwiseAnd(offsets.AsUInt16(), Vector512.Create((ushort)0x00FF)).AsInt16();
        var odd = (offsets.AsUInt16() >>> 8).AsInt16();
        return Avx512BW.MultiplyAddAdjacent(even, Vector512.Create(groupSums[0]).AsInt16()) + Avx512BW
            .MultiplyAddAdjacent(odd, Vector512.Create(groupSums[1]).AsInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Total(Vector512<int> high, Vector512<int> low) => TPlanes.Count == 2 ? (high << 8) + low : high + low;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddSegment(
        Vector512<int> amplitudes, Vector512<int> offsets, float step, bool hasOffsets, NestedProfiles* profiles, NestedInputSums* inputSums,
        Vector512<float> units, Vector512<float> sums)
    {
        var total = Vector512.ConvertToSingle(amplitudes) * Vector512.Create(step);
        if (hasOffsets)
        {
            total = Vector512.FusedMultiplyAdd(
                Vector512.ConvertToSingle(offsets), Vector512.Create(inputSums->Step), total + Vector512.Create(inputSums->Total * profiles->MinOffset));
        }

        return Vector512.FusedMultiplyAdd(total, units, sums);
    }
}
