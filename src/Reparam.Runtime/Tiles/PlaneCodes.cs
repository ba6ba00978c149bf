namespace Reparam.Runtime.Tiles;

/// <summary>
/// Sign planes with the bits of a weight side by side: 16 bytes hold two (above 2 planes) or four (up to 2 planes) neighbouring groups of 16 columns. Byte
/// i holds the codes of column i of each group, the first group's in the lowest bits. A set bit means minus, so that padding decodes to finite weights of
/// no meaning.
/// </summary>
internal sealed unsafe class PlaneCodes
{
    /// <summary>Columns of a group.</summary>
    public const int GroupColumns = 16;

    private readonly AlignedMemory memory;
    private readonly long rowBytes;
    private readonly int unitShift;

    /// <summary>Repacks some neighbouring rows.</summary>
    /// <param name="planes">[bits, matrix rows, rowBytes]: bit j of byte k is the sign of column 8k + j, 1 = plus.</param>
    /// <param name="bits">Number of planes.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="planeBytes">Bytes of a plane.</param>
    /// <param name="planeRowBytes">Bytes of a row of a plane.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    public PlaneCodes(ReadOnlyMemory<byte> planes, int bits, int columns, int planeBytes, int planeRowBytes, int first, int rows)
    {
        unitShift = bits > 2 ? 1 : 2;
        var units = (columns - 1) / (GroupsPerUnit * GroupColumns) + 1;
        Groups = units * GroupsPerUnit;
        rowBytes = (long)units * GroupColumns;
        memory = new AlignedMemory(rows * rowBytes);
        Parallel.For(0, rows, row =>
        {
            for (var bit = 0; bit < bits; bit++)
            {
                var source = planes.Span.Slice((bit * planeBytes) + ((first + row) * planeRowBytes), planeRowBytes);
                WritePlane(source, columns, bit, new Span<ulong>(Row(row, 0), (int)rowBytes / sizeof(ulong)));
            }
        });
    }

    /// <summary>Groups of 16 columns that share 16 bytes.</summary>
    public int GroupsPerUnit => 1 << unitShift;

    /// <summary>Groups of a row, padded to whole units.</summary>
    public int Groups { get; }

    public long Bytes => memory.Bytes;

    /// <summary>The codes of a row from a group on that begins a unit.</summary>
    public byte* Row(int row, int group) => memory.Start + (row * rowBytes) + (((nint)group >> unitShift) * GroupColumns);

    private void WritePlane(ReadOnlySpan<byte> plane, int columns, int bit, Span<ulong> row)
    {
        var width = 8 / GroupsPerUnit;
        for (var octet = 0; octet < (columns + 7) / 8; octet++)
        {
            // The eight signs, inverted, in the lowest bits of eight bytes.
            var apart = ((byte)~plane[octet] * 0x0101010101010101UL) & 0x8040201008040201UL;
            var minus = ((apart + 0x7F7F7F7F7F7F7F7FUL) >> 7) & 0x0101010101010101UL;
            var group = octet / 2;
            row[(group / GroupsPerUnit * 2) + (octet % 2)] |= minus << ((group % GroupsPerUnit * width) + bit);
        }
    }
}
