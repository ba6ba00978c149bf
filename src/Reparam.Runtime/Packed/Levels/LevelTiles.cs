using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed.Levels;

/// <summary>
/// Prepacked weights as tiles of levels, the whole numbers that their codes stand for: a weight is 2^e times its row's scale in the segment times its level.
/// Immutable.
/// </summary>
internal abstract unsafe class LevelTiles
{
    /// <summary>Rows of a tile: those of a block of the prepacked weights.</summary>
    public const int Rows = PrepackedLayout.BlockRows;

    /// <summary>Most columns of a segment: the scale of the inputs covers so many.</summary>
    public const int MaxColumns = 256;

    /// <summary>Words of a tile.</summary>
    public const int TileWords = Rows * MaxColumns;

    /// <summary>Words of a pair of columns.</summary>
    public const int PairWords = 2 * Rows;

    /// <summary>The segments of a row: neighbouring columns with one scale for each row, whose products with inputs in words do not leave 32 bits.</summary>
    public abstract UniformSegment[] Segments { get; }

    /// <summary>Decodes a segment of a block of rows.</summary>
    /// <param name="block">The block.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="tile">Out: [pairs of columns, 16 rows, 2 words]; behind the last column there may be other levels.</param>
    /// <param name="scales">Out: [16 rows].</param>
    public abstract void Decode(int block, int segment, short* tile, float* scales);

    /// <summary>What <see cref="Decode"/> reads of a segment.</summary>
    /// <param name="block">The block.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="bytes">Its length.</param>
    public abstract byte* Source(int block, int segment, out int bytes);

    /// <summary>Columns of a segment whose products hold within 32 bits, a multiple of a unit; 0 where those of a unit do not.</summary>
    /// <param name="maxLevel">The largest magnitude of a level.</param>
    /// <param name="unit">Columns that stay together.</param>
    public static int ColumnsOf(int maxLevel, int unit) =>
        (int)Math.Min(MaxColumns, int.MaxValue / ((long)Math.Max(1, maxLevel) * InputPlan.WordSteps)) / unit * unit;
}
