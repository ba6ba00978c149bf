using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Nested weights on AVX-512 VBMI. The four bytes of a dword belong to one row and to four groups of 16 columns: one permutation looks up the sums of a quad of each, another the
/// amplitudes of a plane, for the four quads of the groups alike; a multiplication of bytes joins them in 16 bits and one by ones in 32, where they stay for a segment.
/// </summary>
internal static unsafe class Avx512NestedKernel<TBits, TPlanes>
    where TBits : struct, INestedPlanes
    where TPlanes : struct, ITablePlanes
{
    private const int Line = 64;
    private const int ReadAhead = 4096;

    private static int QuadTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * Line;
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
        var profiles = (NestedProfiles*)arguments.Extra;
        var scales = arguments.Stream;
        var stream = scales + profiles->ScaleBytes;
        var tables = arguments.Tables;
        var steps = arguments.TableScales;
        var sets = profiles->Sets;
        var hasOffsets = profiles->HasOffsets;
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x00010001)).AsInt16();
        var sums = Vector512<float>.Zero;
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var inputSums = (NestedInputSums*)(tables + (sets * NestedColumns.SetGroups * QuadTables));
            var groupSums = (int*)inputSums->Sums;
            var high = Vector512<int>.Zero;
            var low = Vector512<int>.Zero;
            var offsetSum = Vector512<int>.Zero;
            for (var set = 0; set < sets; set++)
            {
                Load(profiles, ref stream, hasOffsets, out var a0, out var a1, out var a2, out var a3, out var offsets);
                for (var half = 0; half < 2; half++)
                {
                    var v0 = Load(ref stream);
                    var v1 = TBits.Count > 1 ? Load(ref stream) : v0;
                    var v2 = TBits.Count > 2 ? Load(ref stream) : v0;
                    var v3 = TBits.Count > 3 ? Load(ref stream) : v0;
                    var i0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
                    var i1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
                    var i2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
                    var i3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
                    Add(tables, i0, i1, i2, i3, a0, a1, a2, a3, ones, ref high, ref low);
                    tables += QuadTables;
                    i0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
                    i1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
                    i2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
                    i3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
                    Add(tables, i0, i1, i2, i3, a0, a1, a2, a3, ones, ref high, ref low);
                    tables += QuadTables;
                }

                if (hasOffsets)
                {
                    offsetSum += Product(offsets, groupSums + (2 * set));
                }
            }

            var total = Total(high, low) * Vector512.Create(steps[segment]);
            if (hasOffsets)
            {
                total = Vector512.FusedMultiplyAdd(
                    Vector512.ConvertToSingle(offsetSum), Vector512.Create(inputSums->Step), total + Vector512.Create(inputSums->Total * profiles->LeastOffset));
            }

            sums = Vector512.FusedMultiplyAdd(total, ScaleLoads.Next512(ref scales, floatScales: false), sums);
            tables += NestedInputSums.Bytes;
        }

        (sums * Vector512.Create(profiles->Step)).Store(arguments.Sums);
    }

    // The index and amplitude registers of a set are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        var profiles = (NestedProfiles*)arguments.Extra;
        var scales = arguments.Stream;
        var stream = scales + profiles->ScaleBytes;
        var segmentTables = arguments.Tables;
        var steps = arguments.TableScales;
        var inputs = arguments.Inputs;
        var sets = profiles->Sets;
        var hasOffsets = profiles->HasOffsets;
        var setBytes = NestedColumns.SetGroups * QuadTables;
        var segmentBytes = (sets * setBytes) + NestedInputSums.Bytes;
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x00010001)).AsInt16();

        // [input row]{ sums, sums with offsets } of a segment.
        var integers = stackalloc int[inputs * 2 * StreamLayout.BlockRows];
        new Span<float>(arguments.Sums, inputs * StreamLayout.BlockRows).Clear();
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            new Span<int>(integers, inputs * 2 * StreamLayout.BlockRows).Clear();
            for (var set = 0; set < sets; set++)
            {
                Load(profiles, ref stream, hasOffsets, out var a0, out var a1, out var a2, out var a3, out var offsets);
                for (var half = 0; half < 2; half++)
                {
                    var v0 = Load(ref stream);
                    var v1 = TBits.Count > 1 ? Load(ref stream) : v0;
                    var v2 = TBits.Count > 2 ? Load(ref stream) : v0;
                    var v3 = TBits.Count > 3 ? Load(ref stream) : v0;
                    var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
                    var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
                    var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
                    var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
                    var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
                    var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
                    var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
                    var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
                    var tables = segmentTables + (set * setBytes) + (half * 2 * QuadTables);
                    var place = integers;
                    for (var input = 0; input < inputs; input++)
                    {
                        var high = Vector512<int>.Zero;
                        var low = Vector512.Load(place);
                        Add(tables, left0, left1, left2, left3, a0, a1, a2, a3, ones, ref high, ref low);
                        Add(tables + QuadTables, right0, right1, right2, right3, a0, a1, a2, a3, ones, ref high, ref low);
                        (low + (TPlanes.Count == 2 ? high << 8 : high)).Store(place);
                        tables += segmentBytes;
                        place += 2 * StreamLayout.BlockRows;
                    }
                }

                if (hasOffsets)
                {
                    var place = integers + StreamLayout.BlockRows;
                    var line = segmentTables + (sets * setBytes);
                    for (var input = 0; input < inputs; input++)
                    {
                        var groupSums = (int*)((NestedInputSums*)line)->Sums;
                        (Vector512.Load(place) + Product(offsets, groupSums + (2 * set))).Store(place);
                        line += segmentBytes;
                        place += 2 * StreamLayout.BlockRows;
                    }
                }
            }

            var superScales = ScaleLoads.Next512(ref scales, floatScales: false);
            for (var input = 0; input < inputs; input++)
            {
                var total = Vector512.ConvertToSingle(Vector512.Load(integers + (input * 2 * StreamLayout.BlockRows))) * Vector512.Create(steps[input]);
                if (hasOffsets)
                {
                    var inputSums = (NestedInputSums*)(segmentTables + ((nint)input * segmentBytes) + (sets * setBytes));
                    total = Vector512.FusedMultiplyAdd(
                        Vector512.ConvertToSingle(Vector512.Load(integers + (((input * 2) + 1) * StreamLayout.BlockRows))), Vector512.Create(inputSums->Step),
                        total + Vector512.Create(inputSums->Total * profiles->LeastOffset));
                }

                var place = arguments.Sums + (input * StreamLayout.BlockRows);
                Vector512.FusedMultiplyAdd(total, superScales, Vector512.Load(place)).Store(place);
            }

            segmentTables += (nint)inputs * segmentBytes;
            steps += inputs;
        }

        for (var input = 0; input < inputs; input++)
        {
            var place = arguments.Sums + (input * StreamLayout.BlockRows);
            (Vector512.Load(place) * Vector512.Create(profiles->Step)).Store(place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Load(ref byte* stream)
    {
        var codes = Vector512.Load(stream);
        Sse.Prefetch0(stream + ReadAhead);
        stream += Line;
        return codes;
    }

    /// <summary>The amplitudes and offsets of a set: looked up by the indices of the stream's next line, or its next lines themselves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        NestedProfiles* profiles, ref byte* stream, bool hasOffsets,
        out Vector512<byte> a0, out Vector512<byte> a1, out Vector512<byte> a2, out Vector512<byte> a3, out Vector512<byte> offsets)
    {
        var indices = Load(ref stream);
        var bytes = profiles->TableBytes;
        if (bytes == 0)
        {
            a0 = indices;
            a1 = TBits.Count > 1 ? Load(ref stream) : a0;
            a2 = TBits.Count > 2 ? Load(ref stream) : a0;
            a3 = TBits.Count > 3 ? Load(ref stream) : a0;
            offsets = hasOffsets ? Load(ref stream) : a0;
            return;
        }

        var table = (byte*)profiles + NestedProfiles.HeadBytes;
        if (bytes == Line)
        {
            a0 = LookUp(table, indices);
            a1 = TBits.Count > 1 ? LookUp(table + Line, indices) : a0;
            a2 = TBits.Count > 2 ? LookUp(table + (2 * Line), indices) : a0;
            a3 = TBits.Count > 3 ? LookUp(table + (3 * Line), indices) : a0;
            offsets = hasOffsets ? LookUp(table + (TBits.Count * Line), indices) : a0;
            return;
        }

        a0 = LookUp(table, bytes, indices);
        a1 = TBits.Count > 1 ? LookUp(table + bytes, bytes, indices) : a0;
        a2 = TBits.Count > 2 ? LookUp(table + (2 * bytes), bytes, indices) : a0;
        a3 = TBits.Count > 3 ? LookUp(table + (3 * bytes), bytes, indices) : a0;
        offsets = hasOffsets ? LookUp(table + (TBits.Count * bytes), bytes, indices) : a0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> LookUp(byte* table, Vector512<byte> indices) => Avx512Vbmi.PermuteVar64x8(Vector512.Load(table), indices);

    // A table of 128 or 256 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> LookUp(byte* table, int bytes, Vector512<byte> indices)
    {
        var lower = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table), indices, Vector512.Load(table + Line));
        if (bytes == 2 * Line)
        {
            return lower;
        }

        var upper = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table + (2 * Line)), indices, Vector512.Load(table + (3 * Line)));
        return Vector512.ConditionalSelect(Vector512.LessThan(indices.AsSByte(), Vector512<sbyte>.Zero).AsByte(), upper, lower);
    }

    // A quad of each of the four groups. Two products of 127 and a byte fit 16 bits; those of the amplitudes that sum up to 127 may be added there.
    // Look-ups come before products and products before sums: a processor's window then holds more work that does not wait.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        byte* tables, Vector512<byte> i0, Vector512<byte> i1, Vector512<byte> i2, Vector512<byte> i3,
        Vector512<byte> a0, Vector512<byte> a1, Vector512<byte> a2, Vector512<byte> a3, Vector512<short> ones, ref Vector512<int> high, ref Vector512<int> low)
    {
        var table = Vector512.Load(tables);
        var h0 = LookUp(table, i0);
        var h1 = TBits.Count > 1 ? LookUp(table, i1) : h0;
        var h2 = TBits.Count > 2 ? LookUp(table, i2) : h0;
        var h3 = TBits.Count > 3 ? LookUp(table, i3) : h0;
        if (TPlanes.Count == 2)
        {
            table = Vector512.Load(tables + Line);
            var l0 = LookUp(table, i0);
            var l1 = TBits.Count > 1 ? LookUp(table, i1) : l0;
            var l2 = TBits.Count > 2 ? LookUp(table, i2) : l0;
            var l3 = TBits.Count > 3 ? LookUp(table, i3) : l0;
            Add(h0, h1, h2, h3, a0, a1, a2, a3, ones, ref high);
            Add(l0, l1, l2, l3, a0, a1, a2, a3, ones, ref low);
        }
        else
        {
            Add(h0, h1, h2, h3, a0, a1, a2, a3, ones, ref high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector512<sbyte> v0, Vector512<sbyte> v1, Vector512<sbyte> v2, Vector512<sbyte> v3,
        Vector512<byte> a0, Vector512<byte> a1, Vector512<byte> a2, Vector512<byte> a3, Vector512<short> ones, ref Vector512<int> sum)
    {
        var p0 = Avx512BW.MultiplyAddAdjacent(a0, v0);
        if (TBits.Count == 1)
        {
            sum += Avx512BW.MultiplyAddAdjacent(p0, ones);
            return;
        }

        var p1 = Avx512BW.MultiplyAddAdjacent(a1, v1);
        var p2 = TBits.Count > 2 ? Avx512BW.MultiplyAddAdjacent(a2, v2) : p1;
        var p3 = TBits.Count > 3 ? Avx512BW.MultiplyAddAdjacent(a3, v3) : p1;
        var s0 = Avx512BW.MultiplyAddAdjacent(p0, ones);
        if (TBits.IsWide)
        {
            s0 += Avx512BW.MultiplyAddAdjacent(p1, ones) + Avx512BW.MultiplyAddAdjacent(p2, ones);
            sum += TBits.Count > 3 ? s0 + Avx512BW.MultiplyAddAdjacent(p3, ones) : s0;
            return;
        }

        var rest = TBits.Count > 3 ? p1 + p2 + p3 : TBits.Count > 2 ? p1 + p2 : p1;
        sum += s0 + Avx512BW.MultiplyAddAdjacent(rest, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> LookUp(Vector512<byte> table, Vector512<byte> index) => Avx512Vbmi.PermuteVar64x8(table, index).AsSByte();

    // Offsets of the four groups, which may take eight bits, times the sums of their inputs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Product(Vector512<byte> offsets, int* groupSums)
    {
        var even = Vector512.BitwiseAnd(offsets.AsUInt16(), Vector512.Create((ushort)0x00FF)).AsInt16();
        var odd = (offsets.AsUInt16() >>> 8).AsInt16();
        return Avx512BW.MultiplyAddAdjacent(even, Vector512.Create(groupSums[0]).AsInt16()) + Avx512BW.MultiplyAddAdjacent(odd, Vector512.Create(groupSums[1]).AsInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Total(Vector512<int> high, Vector512<int> low) =>
        Vector512.ConvertToSingle(TPlanes.Count == 2 ? (high << 8) + low : high);
}
