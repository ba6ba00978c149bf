using System.Globalization;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Geometry of the prepacked weights, which a kernel reads from front to back: [row block of 16][segment][bit]{ chunks × 64 bytes of codes, scales of
/// 16 rows }. A chunk is 32 columns of 16 rows. A segment is one to four chunks of one group, so its scales are the group's; groups are padded with
/// columns that meet zero inputs. Groups of 16 columns or fewer take half a chunk each, and a unit then has two sets of scales.
/// </summary>
internal sealed class PrepackedLayout
{
    /// <summary>Rows of a block: one lane each of a 512-bit register of single-precision sums.</summary>
    public const int BlockRows = 16;

    /// <summary>Columns of a chunk: one canonical code word.</summary>
    public const int ChunkColumns = 32;

    /// <summary>Bytes of a chunk's codes.</summary>
    public const int ChunkBytes = BlockRows * ChunkColumns / 8;

    /// <summary>Maximum number of chunks of a segment: the scale of the input tables covers 128 inputs, beyond which their rounding grows.</summary>
    public const int MaxChunks = 4;

    private const int HalfChunk = ChunkColumns / 2;

    /// <summary>Lays out a matrix of nibbles: each stands for four neighbouring columns, which need not be those of the weights.</summary>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1: four for each nibble of a row and bit.</param>
    /// <param name="bits">Planes, at least 1.</param>
    /// <param name="groupSize">Columns that share a row's scale.</param>
    /// <param name="rowsInDwords">See <see cref="RowsInDwords"/>.</param>
    /// <param name="floatScales">See <see cref="FloatScales"/>.</param>
    public PrepackedLayout(int rows, int columns, int bits, int groupSize, bool rowsInDwords, bool floatScales)
    {
        Rows = rows;
        Columns = columns;
        Bits = bits;
        GroupSize = Math.Min(groupSize, columns);
        Groups = DivideUp(columns, GroupSize);
        RowsInDwords = rowsInDwords;
        FloatScales = floatScales;

        if (Groups > 1 && GroupSize <= HalfChunk)
        {
            ScaleSets = 2;
            Chunks = 1;
            PaddedGroupSize = HalfChunk;
            PaddedColumns = RoundUp((long)Groups * HalfChunk, ChunkColumns);
        }
        else
        {
            ScaleSets = 1;
            var groupChunks = DivideUp(GroupSize, ChunkColumns);
            var groupSegments = DivideUp(groupChunks, MaxChunks);
            Chunks = DivideUp(groupChunks, groupSegments);
            PaddedGroupSize = groupSegments * SegmentColumns;
            var lastGroup = Columns - (long)(Groups - 1) * GroupSize;
            PaddedColumns = checked((int)((Groups - 1L) * PaddedGroupSize + RoundUp(lastGroup, SegmentColumns)));
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Bits { get; }

    public int Groups { get; }

    public int GroupSize { get; }

    /// <summary>Columns that a group takes in the prepacked weights.</summary>
    public int PaddedGroupSize { get; }

    /// <summary>Columns that a row takes in the prepacked weights.</summary>
    public int PaddedColumns { get; }

    /// <summary>Chunks of a segment, 1 to 4.</summary>
    public int Chunks { get; }

    /// <summary>Sets of scales in a unit: 2 when the halves of a chunk belong to different groups, else 1.</summary>
    public int ScaleSets { get; }

    /// <summary>
    /// How a chunk holds the signs of four neighbouring columns (a nibble; q = 0 to 7 from left to right). In dwords: byte j of dword r holds
    /// nibble j of row r in its low half and nibble 4 + j in its high half. Otherwise byte 32h + 16l + 2r + u, with u, l and h 0 or 1, holds nibble
    /// 4h + l of row 8u + r in its low half and nibble 4h + l + 2 in its high half.
    /// </summary>
    public bool RowsInDwords { get; }

    /// <summary>Whether scales are held in single instead of half precision, because one of them does not fit.</summary>
    public bool FloatScales { get; }

    public int SegmentColumns => Chunks * ChunkColumns;

    public int Segments => PaddedColumns / SegmentColumns;

    public int Blocks => DivideUp(Rows, BlockRows);

    /// <summary>Bytes of the scales that one group needs in a unit: one for each row of the block.</summary>
    public int ScaleSetBytes => BlockRows * (FloatScales ? sizeof(float) : sizeof(ushort));

    /// <summary>Bytes of a unit: the codes of one segment and bit, then their scales.</summary>
    public int UnitBytes => Chunks * ChunkBytes + ScaleSets * ScaleSetBytes;

    public long BlockBytes => (long)Segments * Bits * UnitBytes;

    /// <summary>The group of a segment's first or second set of scales; not below <see cref="Groups"/> for padding.</summary>
    public int GroupOf(int segment, int set) => ScaleSets == 2 ? 2 * segment + set : segment * SegmentColumns / PaddedGroupSize;

    /// <summary>The real columns of a chunk that share a set of scales.</summary>
    /// <param name="segment">Segment of the row.</param>
    /// <param name="chunk">Chunk of the segment.</param>
    /// <param name="set">Set of scales, below <see cref="ScaleSets"/>.</param>
    /// <returns>First column, number of columns (0 for padding), and place of the first among the chunk's 32.</returns>
    public (int Column, int Count, int Offset) Run(int segment, int chunk, int set)
    {
        var width = ChunkColumns / ScaleSets;
        var padded = segment * SegmentColumns + chunk * ChunkColumns + set * width;
        var group = padded / PaddedGroupSize;
        var inGroup = padded % PaddedGroupSize;
        var column = (long)group * GroupSize + inGroup;
        var count = Math.Min(Math.Min(width, GroupSize - inGroup), Columns - column);
        return count > 0 ? ((int)column, (int)count, set * width) : (0, 0, 0);
    }

    /// <summary>Whether the groups lie behind each other without padding.</summary>
    public bool IsDense => Groups == 1 || GroupSize == PaddedGroupSize;

    /// <summary>Names this permutation: prepacked weights with equal keys have their bytes in the same order.</summary>
    public string Key => string.Create(
        CultureInfo.InvariantCulture,
        $"{(RowsInDwords ? "dwords" : "words")}/{(FloatScales ? "single" : "half")}/{Rows}x{Columns}x{Bits}/{GroupSize}");

    /// <summary>Where a unit starts in its row block.</summary>
    public long UnitOffset(int segment, int bit) => ((long)segment * Bits + bit) * UnitBytes;

    public static int DivideUp(int value, int unit) => (value + unit - 1) / unit;

    private static int RoundUp(long value, int unit) => checked((int)((value + unit - 1) / unit * unit));
}
