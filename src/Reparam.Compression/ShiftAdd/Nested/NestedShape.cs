using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>How a matrix is cut into blocks that share a super-scale.</summary>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="SuperRows">Rows of a block.</param>
/// <param name="SuperColumns">Columns of a block, a multiple of 16.</param>
internal readonly record struct NestedShape(int Rows, int Columns, int SuperRows, int SuperColumns)
{
    private const int FewestIndexBits = 2;
    private const int WeightsOfTableBit = 64;

    /// <summary>Number of weights.</summary>
    public long Weights => (long)Rows * Columns;

    /// <summary>Groups of a row.</summary>
    public int Groups => DivideUp(Columns, GroupTile.Size);

    /// <summary>Blocks one below the other.</summary>
    public int Bands => DivideUp(Rows, SuperRows);

    /// <summary>Blocks side by side.</summary>
    public int BlocksOfBand => DivideUp(Columns, SuperColumns);

    /// <summary>
    /// Blocks of at least 256 weights at 3 planes and 512 else, so that super-scales cost 1/16 or 1/32 of a bit a weight whatever the size: a long row is cut
    /// into equal parts, a block of short rows spans several.
    /// </summary>
    public static NestedShape Of(int rows, int columns, int bits)
    {
        var weights = bits == 3 ? 256 : 512;
        var parts = Math.Max(1, columns / weights);
        return new NestedShape(
            rows, columns, Math.Min(rows, Math.Max(1, DivideUp(weights, columns))), DivideUp(DivideUp(columns, parts), GroupTile.Size) * GroupTile.Size);
    }

    /// <summary>Bits of a profile's index that pay at a number of planes where the table costs nothing.</summary>
    public static int IndexBits(int bits) => bits switch { 1 => 8, 2 => 9, 3 => 6, _ => 7 };

    /// <summary>Bits of a profile's index for weights that share a table: no more than keep the table at 1/64 of a bit a weight.</summary>
    public static int IndexBits(int bits, long weights)
    {
        var indexBits = IndexBits(bits);
        while (indexBits > FewestIndexBits && WeightsOfTableBit * 8 * TableBytes(bits, indexBits) > weights)
        {
            indexBits--;
        }

        return indexBits;
    }

    /// <summary>Bytes of a table.</summary>
    public static long TableBytes(int bits, int indexBits) => (bits + 1L) << indexBits;

    /// <summary>Bytes of a matrix without its table.</summary>
    public long StoredBytes(int bits, int indexBits) =>
        (long)bits * Rows * DivideUp(Columns, 8) + NestedMatrix.ProfileBytes(Rows, Columns, indexBits) + 2L * Bands * BlocksOfBand;

    /// <summary>Row and first column of each group of a block, in the order in which coders hold them.</summary>
    public IEnumerable<(int Row, int Column)> GroupsOf(int block)
    {
        var row = block / BlocksOfBand * SuperRows;
        var endRow = Math.Min(Rows, row + SuperRows);
        var firstColumn = block % BlocksOfBand * SuperColumns;
        var endColumn = Math.Min(Columns, firstColumn + SuperColumns);
        for (; row < endRow; row++)
        {
            for (var column = firstColumn; column < endColumn; column += GroupTile.Size)
            {
                yield return (row, column);
            }
        }
    }

    private static int DivideUp(int value, int divisor) => (value - 1) / divisor + 1;
}
