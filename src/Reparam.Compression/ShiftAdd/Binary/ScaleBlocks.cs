using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>How a layout cuts a matrix into blocks that share a set of scales.</summary>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="BlockRows">Rows of a block.</param>
/// <param name="BlockColumns">Columns of a block; the last one may be narrower.</param>
internal readonly record struct ScaleBlocks(int Rows, int Columns, int BlockRows, int BlockColumns)
{
    /// <summary>Blocks side by side.</summary>
    public int Count => (Columns + BlockColumns - 1) / BlockColumns;

    /// <summary>The blocks of a format of binary coding.</summary>
    public static ScaleBlocks Of(int rows, int columns, BinaryFormat format, int groupSize)
    {
        var (height, width) = format.Block(rows, columns, groupSize);
        return new ScaleBlocks(rows, columns, Math.Min(height, rows), Math.Min(width, columns));
    }

    /// <summary>First column of a block.</summary>
    public int Begin(int block) => block * BlockColumns;

    /// <summary>Columns of a block.</summary>
    public int Width(int block) => Math.Min(BlockColumns, Columns - Begin(block));
}
