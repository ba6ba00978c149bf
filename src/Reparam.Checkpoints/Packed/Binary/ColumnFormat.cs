namespace Reparam.Checkpoints.Packed;

/// <summary>The format <c>column</c>: neighbouring rows of one column share a set of scales.</summary>
public sealed class ColumnFormat : BinaryFormat
{
    internal ColumnFormat()
        : base("column")
    {
    }

    /// <inheritdoc/>
    public override int GroupMultiple => 1;

    private protected override string Whole => "column";

    internal override long LargestGroup(int rows, int columns) => rows;

    private protected override bool IsWhole(BinaryCodedMatrix matrix) => matrix.RowBlocks == 1;

    private protected override (int Rows, int Columns) BlockOf(int rows, int columns, int groupSize) => (groupSize == 0 ? rows : groupSize, 1);
}
