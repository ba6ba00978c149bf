using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed.Levels;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Prepacked nested weights: [block of 16 rows]{ super-scales [segment][16 rows], then [segment][set]{ profiles [16 rows × 4 groups], codes
/// [half][plane][16 rows × 4 groups] } }, the super-scales padded to whole lines; <see cref="NestedOrder"/> says how a line holds rows and groups. The byte
/// of half h holds nibble 2h of the group in its low half and nibble 2h + 1 in its high half. A profile is its index, or, when there are too many, its
/// amplitudes and its offset, each in a line of its own.
/// </summary>
internal sealed unsafe class PrepackedNested : PrepackedWeights
{
    private const int Line = NestedOrder.Line;

    // Beyond this many times the columns padding costs more than decoding does.
    private const int MaxPadding = 2;

    private readonly NestedColumns layout;
    private readonly NestedOrder order;
    private readonly AlignedMemory profiles;
    private readonly ProfileTable table;
    private readonly int ownExponent;
    private readonly int bits;

    private PrepackedNested(NestedMatrix matrix, int first, int rows, NestedOrder order, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
        : base(
            rows, matrix.Columns, matrix.ScaleExponent + MathF.ILogB(matrix.Table.Step), BlockBytesOf(matrix, order), BytesOf(matrix, rows, order),
            stored?.Fitting(KeyOf(matrix, rows, order), BytesOf(matrix, rows, order)))
    {
        Key = KeyOf(matrix, rows, order);
        layout = NestedColumns.Of(matrix);
        this.order = order;
        (table, bits, ownExponent) = (matrix.Table, matrix.Bits, matrix.ScaleExponent);
        profiles = NestedProfiles.Create(table, layout, order, ScaleBytes(layout), MathF.ILogB(table.Step));
        Tables = new NestedTables(layout, precision);
        Kernel = NestedKernelTable.Find(path, precision, bits, Profiles->WideAmplitudes);
        InterleavedBlocks = NestedKernelTable.InterleavedBlocks(path);
        Levels = NestedLevels.Create(this, table, layout, order, Profiles, (ProfileLines + (2 * bits)) * Line) is { } tiles
            ? new LevelForm(path, precision, Columns, tiles)
            : null;
        if (IsPrepacked)
        {
            return;
        }

        if (Bytes < 1 << 20)
        {
            for (var block = 0; block < Blocks; block++)
            {
                WriteBlock(matrix, first, block);
            }
        }
        else
        {
            Parallel.For(0, Blocks, block => WriteBlock(matrix, first, block));
        }
    }

    public override string Key { get; }

    public override TablePlan Tables { get; }

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override int InterleavedBlocks { get; }

    public override LevelForm? Levels { get; }

    private NestedProfiles* Profiles => (NestedProfiles*)profiles.Start;

    private bool IsExpanded => Profiles->TableBytes == 0;

    // Lines of a set that hold its profiles.
    private int ProfileLines => ProfileLinesOf(table, order);

    /// <summary>Prepacks some neighbouring rows; null where tiles do better.</summary>
    /// <exception cref="ArgumentException">A super-scale is not finite.</exception>
    public static PrepackedNested? Create(NestedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
    {
        if (precision == KernelPrecision.Exact)
        {
            return null;
        }

        ScaleRange.RequireFinite(matrix.SuperScales.Span, matrix.Table.Step);
        var layout = NestedColumns.Of(matrix);
        return layout.PaddedColumns <= Math.Max(NestedColumns.SetColumns, MaxPadding * layout.Columns) && HasNormalUnits(matrix)
            ? new PrepackedNested(matrix, first, rows, NestedOrder.Of(path), path, precision, stored)
            : null;
    }

    public override void Fill(ref KernelArguments arguments)
    {
        arguments.Segments = Tables.Segments;
        arguments.Bits = bits;
        arguments.Extra = profiles.Start;
    }

    /// <summary>Writes the decoded row by the definition of <see cref="NestedMatrix.DecodeRow"/>.</summary>
    public override void DecodeRow(int row, Span<float> destination)
    {
        var lane = row % PrepackedLayout.BlockRows;
        var block = Start + (row / PrepackedLayout.BlockRows * BlockBytes);
        var place = block + Profiles->ScaleBytes;
        Span<sbyte> profile = stackalloc sbyte[PlanesMatrix.MaxBits + 1];
        for (var segment = 0; segment < layout.Segments; segment++)
        {
            var unit = (float)((Half*)block)[(segment * PrepackedLayout.BlockRows) + lane] * table.Step;
            var (first, count) = layout.Run(segment);
            for (var set = 0; set < layout.Sets; set++)
            {
                var codes = place + (ProfileLines * Line);
                for (var group = 0; group < NestedColumns.SetGroups; group++)
                {
                    var inSegment = (set * NestedColumns.SetColumns) + (group * NestedMatrix.GroupSize);
                    if (inSegment < count)
                    {
                        var inLine = order.Place(lane, group);
                        ReadProfile(place, inLine, profile);
                        var columns = destination.Slice(first + inSegment, Math.Min(NestedMatrix.GroupSize, count - inSegment));
                        DecodeGroup(codes + inLine, profile, unit, columns);
                    }
                }

                place = codes + (2 * bits * Line);
            }
        }

        SignLanes.ScaleB(destination, ownExponent);
    }

    private static string KeyOf(NestedMatrix matrix, int rows, NestedOrder order) => string.Create(
        CultureInfo.InvariantCulture,
        $"nested/{order.Name}/{rows}x{matrix.Columns}x{matrix.Bits}/{NestedColumns.Of(matrix).SuperColumns}/"
            + $"{(order.HoldsAmplitudes(matrix.Table) ? "amplitudes" : "indices")}");

    private static long BytesOf(NestedMatrix matrix, int rows, NestedOrder order) =>
        PrepackedLayout.DivideUp(rows, PrepackedLayout.BlockRows) * BlockBytesOf(matrix, order);

    private static int ScaleBytes(NestedColumns layout) => PrepackedLayout.DivideUp(layout.Segments * PrepackedLayout.BlockRows * sizeof(ushort), Line) * Line;

    private static int ProfileLinesOf(ProfileTable table, NestedOrder order) => order.HoldsAmplitudes(table) ? table.Bits + (HasOffsets(table) ? 1 : 0) : 1;

    private static long BlockBytesOf(NestedMatrix matrix, NestedOrder order)
    {
        var layout = NestedColumns.Of(matrix);
        return ScaleBytes(layout) + ((long)layout.Segments * layout.Sets * (ProfileLinesOf(matrix.Table, order) + (2 * matrix.Bits)) * Line);
    }

    private static bool HasOffsets(ProfileTable table)
    {
        for (var p = 0; p < table.Count; p++)
        {
            if (table.Profile(p)[table.Bits] != 0)
            {
                return true;
            }
        }

        return false;
    }

    // Otherwise the definition rounds a unit to fewer bits than a float has, which the kernel does not.
    private static bool HasNormalUnits(NestedMatrix matrix)
    {
        foreach (var scale in matrix.SuperScales.Span)
        {
            if (scale != (Half)0 && !float.IsNormal((float)scale * matrix.Table.Step))
            {
                return false;
            }
        }

        return true;
    }

    private void WriteBlock(NestedMatrix matrix, int first, int block)
    {
        var rows = Math.Min(PrepackedLayout.BlockRows, Rows - (block * PrepackedLayout.BlockRows));
        for (var lane = 0; lane < rows; lane++)
        {
            WriteRow(matrix, first + (block * PrepackedLayout.BlockRows) + lane, Start + (block * BlockBytes), lane);
        }
    }

    private void WriteRow(NestedMatrix matrix, int row, byte* block, int lane)
    {
        var codes = matrix.Codes.Span;
        var superScales = matrix.SuperScales.Span[(row / matrix.SuperRows * matrix.SuperBlocks)..];
        var place = block + Profiles->ScaleBytes;
        for (var segment = 0; segment < layout.Segments; segment++)
        {
            ((Half*)block)[(segment * PrepackedLayout.BlockRows) + lane] = superScales[segment / layout.SegmentsOfSuperBlock];
            var (column, count) = layout.Run(segment);
            for (var set = 0; set < layout.Sets; set++, column += NestedColumns.SetColumns, count -= NestedColumns.SetColumns)
            {
                if (count > 0)
                {
                    WriteProfiles(matrix, row, column, count, place + order.Place(lane, 0));
                }

                place += ProfileLines * Line;
                for (var bit = 0; bit < bits && count > 0; bit++)
                {
                    var bytes = codes.Slice(
                        (((bit * matrix.Rows) + row) * matrix.BytesPerRow) + (column / 8), (Math.Min(count, NestedColumns.SetColumns) + 7) / 8);
                    var words = Word(bytes);
                    var groups = place + (bit * Line) + order.Place(lane, 0);
                    WriteGroups(words, groups);
                    WriteGroups(words >> 8, groups + (bits * Line));
                }

                place += 2 * bits * Line;
            }
        }
    }

    private void WriteProfiles(NestedMatrix matrix, int row, int column, int count, byte* place)
    {
        var group = column / NestedMatrix.GroupSize;
        var groups = Math.Min(NestedColumns.SetGroups, PrepackedLayout.DivideUp(count, NestedMatrix.GroupSize));
        for (var i = 0; i < groups; i++)
        {
            var index = matrix.Profile(row, group + i);
            var inLine = i * order.GroupDistance;
            if (!IsExpanded)
            {
                place[inLine] = (byte)index;
                continue;
            }

            var profile = table.Profile(index);
            for (var line = 0; line < ProfileLines; line++)
            {
                place[(line * Line) + inLine] = (byte)(line < bits ? profile[line] : profile[line] - (int)Profiles->MinOffset);
            }
        }
    }

    private void ReadProfile(byte* place, int index, Span<sbyte> profile)
    {
        if (!IsExpanded)
        {
            table.Profile(place[index]).CopyTo(profile);
            return;
        }

        profile[bits] = 0;
        for (var line = 0; line < ProfileLines; line++)
        {
            var value = place[(line * Line) + index];
            profile[line] = (sbyte)(line < bits ? value : value + (int)Profiles->MinOffset);
        }
    }

    private void DecodeGroup(byte* codes, ReadOnlySpan<sbyte> profile, float unit, Span<float> destination)
    {
        Span<float> levels = stackalloc float[NestedMatrix.GroupSize];
        for (var k = 0; k < levels.Length; k += Vector256<int>.Count)
        {
            var sum = Vector256.Create((int)profile[bits]);
            for (var bit = 0; bit < bits; bit++)
            {
                var amplitude = Vector256.Create((int)profile[bit]);
                sum += Vector256.ConditionalSelect(SignLanes.Mask(codes[((k / 8 * bits) + bit) * Line]), amplitude, -amplitude);
            }

            (Vector256.ConvertToSingle(sum) * unit).CopyTo(levels[k..]);
        }

        levels[..destination.Length].CopyTo(destination);
    }

    // Up to eight bytes of a row's signs: two for each group.
    private static ulong Word(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var word = 0UL;
        for (var i = 0; i < bytes.Length; i++)
        {
            word |= (ulong)bytes[i] << (8 * i);
        }

        return word;
    }

    // The even bytes, one for each group.
    private void WriteGroups(ulong word, byte* place)
    {
        for (var group = 0; group < NestedColumns.SetGroups; group++)
        {
            place[group * order.GroupDistance] = (byte)(word >> (16 * group));
        }
    }
}
