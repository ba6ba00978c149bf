namespace Reparam.Checkpoints.Packed;

/// <summary>The format <c>block8</c>: a block of eight columns and a slice of rows shares a set of scales.</summary>
public sealed class Block8Format : BinaryFormat
{
    internal Block8Format()
        : base("block8")
    {
    }

    /// <inheritdoc/>
    public override int GroupMultiple => 8;

    private protected override string Whole => "8 columns";

    internal override long LargestGroup(int rows, int columns) => 8L * rows;

    private protected override bool IsWhole(BinaryCodedMatrix matrix) => matrix.RowBlocks == 1;

    private protected override (int Rows, int Columns) BlockOf(int rows, int columns, int groupSize) => (groupSize == 0 ? rows : groupSize / 8, 8);
}
