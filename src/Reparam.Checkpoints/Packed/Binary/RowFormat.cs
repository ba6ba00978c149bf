namespace Reparam.Checkpoints.Packed;

/// <summary>The format <c>row</c>: neighbouring columns of one row share a set of scales.</summary>
public sealed class RowFormat : BinaryFormat
{
    internal RowFormat()
        : base("row")
    {
    }

    /// <inheritdoc/>
    public override int GroupMultiple => 1;

    private protected override string Whole => "row";

    internal override long LargestGroup(int rows, int columns) => columns;

    private protected override bool IsWhole(BinaryCodedMatrix matrix) => matrix.ColumnBlocks == 1;

    private protected override (int Rows, int Columns) BlockOf(int rows, int columns, int groupSize) => (1, groupSize == 0 ? columns : groupSize);
}
