using System.Globalization;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Geometry of a <see cref="PrepackedBlock8"/>: [block of 16 rows][segment]{ multipliers [bit][chunk][2][set] of two 16-bit numbers, units [set] in single
/// precision, zeros up to a whole half line, codes [bit][chunk] of 64 bytes }. Segments and chunks are those of a row layout whose only group is the row.
/// </summary>
internal sealed class Block8Layout
{
    /// <summary>Columns that share a scale.</summary>
    public const int GroupColumns = 8;

    /// <summary>Such groups of a chunk.</summary>
    public const int ChunkGroups = PrepackedLayout.ChunkColumns / GroupColumns;

    private const int Alignment = 32;

    /// <summary>Lays out a matrix.</summary>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="bits">Planes, 1 to 4.</param>
    /// <param name="sets">See <see cref="Sets"/>.</param>
    /// <param name="rowsInDwords">See <see cref="PrepackedLayout.RowsInDwords"/>.</param>
    public Block8Layout(int rows, int columns, int bits, int sets, bool rowsInDwords)
    {
        Codes = new PrepackedLayout(rows, columns, bits, columns, rowsInDwords, floatScales: true);
        Sets = sets;
        HeadBytes = HeadBytesOf(bits, Codes.Chunks, sets);
    }

    /// <summary>The order of the codes.</summary>
    public PrepackedLayout Codes { get; }

    /// <summary>Row blocks that share a unit of 16 rows: 1, or 2 for eight rows each.</summary>
    public int Sets { get; }

    /// <summary>Bytes of a segment before its codes.</summary>
    public int HeadBytes { get; }

    public int SegmentBytes => SegmentBytesOf(Codes.Bits, Codes.Chunks, Sets);

    public long BlockBytes => (long)Codes.Segments * SegmentBytes;

    public long Bytes => Codes.Blocks * BlockBytes;

    /// <summary>Names this order: prepacked weights with equal keys have their bytes in the same order.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"block8/{Sets}/{Codes.Key}");

    /// <summary>Groups of eight columns of a segment.</summary>
    public int SegmentGroups => Codes.Chunks * ChunkGroups;

    /// <summary>Where the units of a segment lie, one for each set, from its first byte on.</summary>
    public int UnitOffset => UnitOffsetOf(Codes.Bits, Codes.Chunks, Sets);

    /// <summary>Bytes of a segment.</summary>
    public static int SegmentBytesOf(int bits, int chunks, int sets) => HeadBytesOf(bits, chunks, sets) + (bits * chunks * PrepackedLayout.ChunkBytes);

    /// <summary>Bytes of a segment before its codes.</summary>
    public static int HeadBytesOf(int bits, int chunks, int sets) =>
        (UnitOffsetOf(bits, chunks, sets) + (sets * sizeof(float)) + Alignment - 1) / Alignment * Alignment;

    /// <summary>Where the units of a segment lie, from its first byte on.</summary>
    public static int UnitOffsetOf(int bits, int chunks, int sets) => bits * chunks * sets * ChunkGroups * sizeof(short);

    /// <summary>The place of a unit's row among the lanes: where there are two sets, dwords of both take turns.</summary>
    public int LaneOf(int row) => Sets == 1 || !Codes.RowsInDwords ? row : (row % 8 * 2) + (row / 8);

    /// <summary>Brings a code word into the order of the inputs (<see cref="PairedSumTables"/>), or back.</summary>
    public uint Order(uint word) => Codes.RowsInDwords ? word : (word & 0xF00FF00F) | ((word & 0x00F000F0) << 4) | ((word >> 4) & 0x00F000F0);

    /// <summary>Place of a multiplier among those of a segment.</summary>
    /// <param name="bit">Plane.</param>
    /// <param name="group">Group of eight columns of the segment.</param>
    /// <param name="set">Below <see cref="Sets"/>.</param>
    public int Multiplier(int bit, int group, int set)
    {
        // A double word holds the two groups whose sums a kernel finds side by side: neighbours, or those that lie sixteen columns apart.
        var (chunk, inChunk) = Math.DivRem(group, ChunkGroups);
        var (pair, place) = Codes.RowsInDwords ? (inChunk / 2, inChunk % 2) : (inChunk % 2, inChunk / 2);
        return (((((((bit * Codes.Chunks) + chunk) * 2) + pair) * Sets) + set) * 2) + place;
    }
}
