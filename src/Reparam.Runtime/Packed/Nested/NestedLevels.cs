using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed.Levels;
using Reparam.Runtime.Packed.Uniform;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Prepacked nested weights as tiles of levels: Σ_b a_b·s_b + o of the group's profile. With a bit for each plus sign a level is o − Σ_b a_b, and 2·a_b more
/// for each plane whose bit is set.
/// </summary>
internal sealed unsafe class NestedLevels : LevelTiles
{
    private const int Line = NestedOrder.Line;
    private const int HalfColumns = NestedMatrix.GroupSize / 2;

    private readonly PrepackedNested weights;
    private readonly NestedColumns layout;
    private readonly NestedOrder order;
    private readonly NestedProfiles* profiles;
    private readonly int bits;
    private readonly int setBytes;
    private readonly int[] firstSets;

    // Of each profile, twice its amplitudes, a byte each, and above them its lowest level, a word.
    private readonly ulong[] entries;

    private NestedLevels(
        PrepackedNested weights, ProfileTable table, NestedColumns layout, NestedOrder order, NestedProfiles* profiles, int setBytes, int columns)
    {
        (this.weights, this.layout, this.order, this.setBytes, bits) = (weights, layout, order, setBytes, table.Bits);
        this.profiles = profiles;
        var cut = new List<UniformSegment>();
        var sets = new List<int>();
        for (var segment = 0; segment < layout.Segments; segment++)
        {
            var (first, count) = layout.Run(segment);
            for (var column = 0; column < count; column += columns)
            {
                cut.Add(new UniformSegment(segment, first + column, Math.Min(columns, count - column)));
                sets.Add(column / NestedColumns.SetColumns);
            }
        }

        (Segments, firstSets) = ([.. cut], [.. sets]);
        entries = new ulong[profiles->TableBytes == 0 ? 0 : table.Count];
        for (var index = 0; index < entries.Length; index++)
        {
            var profile = table.Profile(index);
            var (doubled, least) = (0ul, (int)profile[bits]);
            for (var bit = 0; bit < bits; bit++)
            {
                doubled |= (ulong)(2 * profile[bit]) << (8 * bit);
                least -= profile[bit];
            }

            entries[index] = Entry(doubled, least);
        }
    }

    public override UniformSegment[] Segments { get; }

    /// <summary>The tiles of prepacked weights; null where the sums of a set would leave 32 bits.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="table">Their profiles.</param>
    /// <param name="layout">How their columns lie.</param>
    /// <param name="order">How their lines hold rows and groups.</param>
    /// <param name="profiles">The profiles as kernels read them.</param>
    /// <param name="setBytes">Bytes of a set.</param>
    public static NestedLevels? Create(
        PrepackedNested weights, ProfileTable table, NestedColumns layout, NestedOrder order, NestedProfiles* profiles, int setBytes)
    {
        var largest = 0;
        for (var index = 0; index < table.Count; index++)
        {
            var profile = table.Profile(index);
            var level = Math.Abs((int)profile[table.Bits]);
            for (var bit = 0; bit < table.Bits; bit++)
            {
                level += profile[bit];
            }

            largest = Math.Max(largest, level);
        }

        var columns = ColumnsOf(largest, NestedColumns.SetColumns);
        return columns > 0 ? new NestedLevels(weights, table, layout, order, profiles, setBytes, columns) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Decode(int block, int segment, short* tile, float* scales)
    {
        var (group, columns) = (Segments[segment].Group, Segments[segment].Columns);
        var start = weights.Start + (block * weights.BlockBytes);
        var halves = start + (group * PrepackedLayout.BlockRows * sizeof(ushort));
        var step = Vector128.Create(profiles->Step * ScaleLoads.HalfFactor);
        for (var row = 0; row < Rows; row += Vector128<float>.Count)
        {
            (ScaleLoads.Next128(ref halves, floatScales: false) * step).Store(scales + row);
        }

        var place = Source(block, segment, out _);
        for (var column = 0; column < columns; column += NestedColumns.SetColumns)
        {
            var groups = Math.Min(NestedColumns.SetGroups, PrepackedLayout.DivideUp(columns - column, NestedMatrix.GroupSize));
            if (order.RowsInDwords && Avx512BW.IsSupported && Avx512Vbmi.IsSupported)
            {
                DecodeSet512(place, groups, tile);
            }
            else if (!order.RowsInDwords && Avx2.IsSupported)
            {
                DecodeSet256(place, groups, tile);
            }
            else
            {
                DecodeSet128(place, groups, tile);
            }

            place += setBytes;
            tile += NestedColumns.SetColumns * Rows;
        }
    }

    public override byte* Source(int block, int segment, out int bytes)
    {
        bytes = PrepackedLayout.DivideUp(Segments[segment].Columns, NestedColumns.SetColumns) * setBytes;
        return weights.Start + (block * weights.BlockBytes) + profiles->ScaleBytes
            + ((((nint)Segments[segment].Group * layout.Sets) + firstSets[segment]) * setBytes);
    }

    // The amplitudes of two planes of a row and group are neighbours in a word, and so are their bits: one multiplication of bytes adds them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DecodeSet512(byte* place, int groups, short* tile)
    {
        Vector512<byte> a0, a1 = default, a2 = default, a3 = default;
        var offsets = Vector512<byte>.Zero;
        var lines = place;
        if (profiles->TableBytes == 0)
        {
            a0 = Vector512.Load(lines);
            a1 = bits > 1 ? Vector512.Load(lines + Line) : default;
            a2 = bits > 2 ? Vector512.Load(lines + (2 * Line)) : default;
            a3 = bits > 3 ? Vector512.Load(lines + (3 * Line)) : default;
            lines += bits * Line;
            if (profiles->HasOffsets)
            {
                offsets = Vector512.Load(lines);
                lines += Line;
            }
        }
        else
        {
            var indices = Vector512.Load(lines);
            var table = (byte*)profiles + NestedProfiles.HeadBytes;
            var bytes = profiles->TableBytes;
            a0 = Avx512ByteTables.LookUp(table, bytes, indices);
            a1 = bits > 1 ? Avx512ByteTables.LookUp(table + bytes, bytes, indices) : default;
            a2 = bits > 2 ? Avx512ByteTables.LookUp(table + (2 * bytes), bytes, indices) : default;
            a3 = bits > 3 ? Avx512ByteTables.LookUp(table + (3 * bytes), bytes, indices) : default;
            offsets = profiles->HasOffsets ? Avx512ByteTables.LookUp(table + (bits * bytes), bytes, indices) : default;
            lines += Line;
        }

        var evenPlaces = Vector512.Create(Avx512Codes.Opaque(0x80008000u)).AsByte() | RowPlaces512;
        var oddPlaces = (evenPlaces.AsUInt16() << 8 | evenPlaces.AsUInt16() >>> 8).AsByte();
        var ones = Vector512.Create((byte)1);
        var minOffset = Vector512.Create((short)profiles->MinOffset);
        for (var group = 0; group < groups; group++)
        {
            var even = evenPlaces + Vector512.Create((byte)group);
            var odd = oddPlaces + Vector512.Create((byte)group);
            var first = Avx512BW.Shuffle(a0, even) | Avx512BW.Shuffle(a1, odd);
            var second = Avx512BW.Shuffle(a2, even) | Avx512BW.Shuffle(a3, odd);
            var sum = Avx512BW.MultiplyAddAdjacent(first, ones.AsSByte()) + Avx512BW.MultiplyAddAdjacent(second, ones.AsSByte());
            var least = minOffset + Avx512BW.Shuffle(offsets, even).AsInt16() - sum;
            (first, second) = (first + first, second + second);
            for (var half = 0; half < 2; half++, tile += HalfColumns * Rows)
            {
                var codes = lines + (half * bits * Line);
                var left = Avx512BW.Shuffle(Vector512.Load(codes), even);
                left |= bits > 1 ? Avx512BW.Shuffle(Vector512.Load(codes + Line), odd) : default;
                if (bits <= 2)
                {
                    Level(least, first, left, ones, 0x02020101).Store(tile);
                    Level(least, first, left, ones, 0x08080404).Store(tile + PairWords);
                    Level(least, first, left, ones, 0x20201010).Store(tile + (2 * PairWords));
                    Level(least, first, left, ones, 0x80804040).Store(tile + (3 * PairWords));
                    continue;
                }

                var right = Avx512BW.Shuffle(Vector512.Load(codes + (2 * Line)), even);
                right |= bits > 3 ? Avx512BW.Shuffle(Vector512.Load(codes + (3 * Line)), odd) : default;
                Level(Level(least, first, left, ones, 0x02020101), second, right, ones, 0x02020101).Store(tile);
                Level(Level(least, first, left, ones, 0x08080404), second, right, ones, 0x08080404).Store(tile + PairWords);
                Level(Level(least, first, left, ones, 0x20201010), second, right, ones, 0x20201010).Store(tile + (2 * PairWords));
                Level(Level(least, first, left, ones, 0x80804040), second, right, ones, 0x80804040).Store(tile + (3 * PairWords));
            }
        }
    }

    // For each byte of a row's double word the place of the row's first byte in its lane.
    private static Vector512<byte> RowPlaces512
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var lane = Vector128.Create((byte)0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12) & Vector128.Create((ushort)0x00FF).AsByte();
            var lanes = Vector256.Create(lane, lane);
            return Vector512.Create(lanes, lanes);
        }
    }

    // Two columns of sixteen rows: those of the bits, in the lower and in the upper word.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Level(Vector512<short> level, Vector512<byte> amplitudes, Vector512<byte> codes, Vector512<byte> ones, uint columns) =>
        level + Avx512BW.MultiplyAddAdjacent(amplitudes, Vector512.Min(codes & Vector512.Create(columns).AsByte(), ones).AsSByte());

    // The same with the rows of a group side by side: sixteen rows of a column, then those of the next between them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DecodeSet256(byte* place, int groups, short* tile)
    {
        var found = stackalloc short[3 * Rows];
        var ones = Vector256.Create((byte)1);
        var lines = place + (setBytes - (2 * bits * Line));
        for (var group = 0; group < groups; group++)
        {
            ReadProfiles(place + order.Place(0, group), found);
            var (first, second) = (Vector256.Load(found).AsByte(), Vector256.Load(found + Rows).AsByte());
            var least = Vector256.Load(found + (2 * Rows));
            for (var half = 0; half < 2; half++)
            {
                var codes = lines + (half * bits * Line) + order.Place(0, group);
                var left = Pairs256(codes, bits > 1);
                var right = bits > 2 ? Pairs256(codes + (2 * Line), bits > 3) : default;
                var column = ones;
                for (var pair = 0; pair < HalfColumns / 2; pair++, tile += PairWords)
                {
                    var even = Level(least, first, left & column, ones);
                    var odd = Level(least, first, left & (column + column), ones);
                    if (bits > 2)
                    {
                        even = Level(even, second, right & column, ones);
                        odd = Level(odd, second, right & (column + column), ones);
                    }

                    var (low, high) = (Avx2.UnpackLow(even, odd), Avx2.UnpackHigh(even, odd));
                    Avx2.Permute2x128(low, high, 0x20).Store(tile);
                    Avx2.Permute2x128(low, high, 0x31).Store(tile + Rows);
                    column = (column.AsUInt16() << 2).AsByte();
                }
            }
        }
    }

    // The codes of two planes, those of a row side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pairs256(byte* codes, bool hasSecond)
    {
        var first = Vector128.Load(codes);
        var second = hasSecond ? Vector128.Load(codes + Line) : default;
        return Vector256.Create(Sse2.UnpackLow(first, second), Sse2.UnpackHigh(first, second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Level(Vector256<short> level, Vector256<byte> amplitudes, Vector256<byte> bits, Vector256<byte> ones) =>
        level + Avx2.MultiplyAddAdjacent(amplitudes, Vector256.Min(bits, ones).AsSByte());

    // Without multiplications of bytes: each plane's bit is a mask of its amplitude, eight rows at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DecodeSet128(byte* place, int groups, short* tile)
    {
        var found = stackalloc short[3 * Rows];
        var lines = place + (setBytes - (2 * bits * Line));
        for (var group = 0; group < groups; group++)
        {
            ReadProfiles(place + order.Place(0, group), found);
            for (var half = 0; half < 2; half++)
            {
                var codes = lines + (half * bits * Line) + order.Place(0, group);
                for (var column = 0; column < HalfColumns; column += 2, tile += PairWords)
                {
                    var (left, right) = (Vector128.Create((short)(1 << column)), Vector128.Create((short)(2 << column)));
                    for (var row = 0; row < Rows; row += Vector128<short>.Count)
                    {
                        var (even, odd) = (Vector128.Load(found + (2 * Rows) + row), Vector128.Load(found + (2 * Rows) + row));
                        for (var bit = 0; bit < bits; bit++)
                        {
                            var signs = Signs(codes + (bit * Line), row);
                            var pairs = Vector128.Load(found + (bit / 2 * Rows) + row);
                            var doubled = bit % 2 == 0 ? pairs & Vector128.Create((short)255) : (pairs.AsUInt16() >>> 8).AsInt16();
                            even += doubled & Vector128.Equals(signs & left, left);
                            odd += doubled & Vector128.Equals(signs & right, right);
                        }

                        VectorParts.InterleaveLow(even.AsUInt16(), odd.AsUInt16()).AsInt16().Store(tile + (2 * row));
                        VectorParts.InterleaveHigh(even.AsUInt16(), odd.AsUInt16()).AsInt16().Store(tile + (2 * row) + Vector128<short>.Count);
                    }
                }
            }
        }
    }

    // The bytes of eight rows as words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<short> Signs(byte* line, int row) => order.RowsInDwords
        ? Vector128.Narrow(Vector128.Load((int*)line + row), Vector128.Load((int*)line + row + 4)) & Vector128.Create((short)255)
        : Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)(line + row)).AsByte()).AsInt16();

    // Of sixteen rows: twice the amplitudes of the first two planes, a byte each, those of the others, and the lowest levels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadProfiles(byte* source, short* found)
    {
        var distance = order.Place(1, 0);
        for (var row = 0; row < Rows; row++, source += distance)
        {
            var entry = entries.Length > 0 ? entries[*source] : ReadEntry(source);
            found[row] = (short)entry;
            found[Rows + row] = (short)(entry >> 16);
            found[(2 * Rows) + row] = (short)(entry >> 32);
        }
    }

    // Where the prepacked form holds amplitudes and offsets themselves.
    private ulong ReadEntry(byte* source)
    {
        var (doubled, least) = (0ul, (int)profiles->MinOffset + (profiles->HasOffsets ? source[bits * Line] : 0));
        for (var bit = 0; bit < bits; bit++)
        {
            doubled |= (ulong)(2 * source[bit * Line]) << (8 * bit);
            least -= source[bit * Line];
        }

        return Entry(doubled, least);
    }

    private static ulong Entry(ulong doubled, int least) => doubled | ((ulong)(ushort)least << 32);
}
