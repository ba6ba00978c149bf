using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// How the columns of nested weights lie in prepacked form. Four groups of 16 columns make a set: byte j of a row's dword stands for group j. Up to four
/// sets of one super-block make a segment, so that its integer sums have one super-scale. What a super-block lacks to whole segments are columns that meet
/// zero inputs.
/// </summary>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="SuperColumns">Columns of a super-block, a multiple of 16; no wider than the matrix needs.</param>
internal readonly record struct NestedColumns(int Columns, int SuperColumns)
{
    /// <summary>Groups of a set.</summary>
    public const int SetGroups = 4;

    /// <summary>Columns of a set.</summary>
    public const int SetColumns = SetGroups * NestedMatrix.GroupSize;

    /// <summary>Maximum number of sets of a segment: the scale of the input tables covers 256 inputs, and sums of that many products fit 32 bits.</summary>
    public const int MaxSets = 4;

    /// <summary>Segments of a whole super-block.</summary>
    public int SegmentsOfSuperBlock => PrepackedLayout.DivideUp(PrepackedLayout.DivideUp(SuperColumns, SetColumns), MaxSets);

    /// <summary>Sets of a segment, 1 to 4.</summary>
    public int Sets => PrepackedLayout.DivideUp(PrepackedLayout.DivideUp(SuperColumns, SetColumns), SegmentsOfSuperBlock);

    /// <summary>Columns of a segment, padding included.</summary>
    public int SegmentColumns => Sets * SetColumns;

    /// <summary>Segments of a row.</summary>
    public int Segments
    {
        get
        {
            var whole = (Columns - 1) / SuperColumns;
            return (whole * SegmentsOfSuperBlock) + PrepackedLayout.DivideUp(Columns - (whole * SuperColumns), SegmentColumns);
        }
    }

    /// <summary>Columns of a row, padding included.</summary>
    public int PaddedColumns => checked(Segments * SegmentColumns);

    /// <summary>The columns of a matrix.</summary>
    public static NestedColumns Of(NestedMatrix matrix) =>
        new(
            matrix.Columns, matrix.SuperBlocks > 1 ? matrix.SuperColumns : PrepackedLayout.DivideUp(matrix.Columns,
                NestedMatrix.GroupSize) * NestedMatrix.GroupSize);

    /// <summary>The real columns of a segment: the first one and how many they are, at least 1.</summary>
    public (int First, int Count) Run(int segment)
    {
        var superBlock = segment / SegmentsOfSuperBlock;
        var inBlock = segment % SegmentsOfSuperBlock * SegmentColumns;
        var first = (superBlock * SuperColumns) + inBlock;
        return (first, Math.Min(Math.Min(SegmentColumns, SuperColumns - inBlock), Columns - first));
    }
}
