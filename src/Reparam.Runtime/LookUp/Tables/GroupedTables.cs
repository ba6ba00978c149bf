using System.Numerics.Tensors;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Tables whose quads are those of a <see cref="PrepackedLayout"/>: inputs in their own order, each group padded with zeros to whole segments.
/// </summary>
internal abstract class GroupedTables : TablePlan
{
    /// <summary>Takes the geometry of prepacked weights.</summary>
    protected GroupedTables(PrepackedLayout layout) => Layout = layout;

    public override int Columns => Layout.Columns;

    public override int PaddedColumns => Layout.PaddedColumns;

    public override int Segments => Layout.Segments;

    protected PrepackedLayout Layout { get; }

    public override bool Equals(TablePlan? other) =>
        other is GroupedTables tables && tables.GetType() == GetType() && tables.SegmentBytes == SegmentBytes && tables.Segments == Segments
            && tables.SumExponent == SumExponent
        && tables.Columns == Columns && tables.PaddedColumns == PaddedColumns && tables.Layout.GroupSize == Layout.GroupSize
        && tables.Layout.PaddedGroupSize == Layout.PaddedGroupSize
        && tables.Layout.RowsInDwords == Layout.RowsInDwords && tables.Layout.FloatScales == Layout.FloatScales;

    public override int GetHashCode() => HashCode.Combine(SegmentBytes, Segments, Columns, Layout.GroupSize, Layout.FloatScales);

    protected override void Arrange(ReadOnlySpan<float> x, int shift, Span<float> padded)
    {
        if (Layout.IsDense)
        {
            InputRange.Scale(x, shift, padded);
            padded[x.Length..].Clear();
            return;
        }

        padded.Clear();
        for (var group = 0; group < Layout.Groups; group++)
        {
            var start = group * Layout.GroupSize;
            var count = Math.Min(Layout.GroupSize, Layout.Columns - start);
            InputRange.Scale(x.Slice(start, count), shift, padded[(group * Layout.PaddedGroupSize)..]);
        }
    }
}
