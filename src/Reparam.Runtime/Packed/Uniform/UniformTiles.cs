namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The sizes that the prepacked integers and their kernels agree on: [row tile of 16][step of 8 columns].</summary>
internal static class UniformTiles
{
    /// <summary>Rows of a tile: a double word of codes each.</summary>
    public const int Rows = 16;

    /// <summary>Rows of a piece of work: two tiles, which a kernel multiplies together.</summary>
    public const int PieceRows = 2 * Rows;

    /// <summary>Columns of a step. Groups are whole steps, but for the last one of a row.</summary>
    public const int StepColumns = 8;

    /// <summary>Most bits of an integer of which two lie in a byte.</summary>
    public const int NibbleBits = 4;

    /// <summary>Steps of a number of columns.</summary>
    public static int Steps(int columns) => PrepackedLayout.DivideUp(columns, StepColumns);
}
