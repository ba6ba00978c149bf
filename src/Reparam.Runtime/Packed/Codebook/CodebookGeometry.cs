using System.Globalization;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Where the indices of a codebook matrix lie in prepacked nibbles. The indices of a super-block are a group: those of the first stage from left to right,
/// then those of the next stage. A nibble counts as four columns of a <see cref="PrepackedLayout"/>, whatever the number of columns that its vector covers.
/// </summary>
internal sealed class CodebookGeometry
{
    /// <summary>Columns that a prepacked nibble counts as.</summary>
    public const int NibbleColumns = 4;

    // A vector reaches this far past the end of its super-block at most, where it meets zeros.
    private const int Overhang = CodebookStage.MaxSpan;

    /// <summary>Lays out a matrix.</summary>
    /// <param name="set">The stages.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="superColumns">Columns of a super-block.</param>
    /// <param name="rowsInDwords">See <see cref="PrepackedLayout.RowsInDwords"/>.</param>
    /// <param name="floatScales">See <see cref="PrepackedLayout.FloatScales"/>.</param>
    public CodebookGeometry(CodebookSet set, int rows, int columns, int superColumns, bool rowsInDwords, bool floatScales)
    {
        Set = set;
        Columns = columns;
        SuperBlocks = PrepackedLayout.DivideUp(columns, superColumns);
        SuperColumns = SuperBlocks == 1 ? columns : superColumns;
        PaddedSuperColumns = (SuperColumns + Overhang + Overhang - 1) / Overhang * Overhang;
        var nibbles = Nibbles(SuperColumns);
        Layout = new PrepackedLayout(
            rows, checked(((SuperBlocks - 1) * nibbles + Nibbles(columns - (SuperBlocks - 1) * SuperColumns)) * NibbleColumns), 1, nibbles * NibbleColumns,
            rowsInDwords, floatScales);
        Runs = [.. FindRuns()];
    }

    /// <summary>The vectors.</summary>
    public CodebookSet Set { get; }

    /// <summary>The prepacked weights: one plane of nibbles, a group for each super-block.</summary>
    public PrepackedLayout Layout { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Super-blocks of a row.</summary>
    public int SuperBlocks { get; }

    /// <summary>Columns of a super-block; the last one may be narrower.</summary>
    public int SuperColumns { get; }

    /// <summary>Floats that a super-block takes in a row of inputs: its columns, then zeros for all that vectors reach.</summary>
    public int PaddedSuperColumns { get; }

    /// <summary>The parts of segments that hold neighbouring indices of one stage, from left to right.</summary>
    public CodebookRun[] Runs { get; }

    /// <summary>Names the order of the nibbles.</summary>
    public string Key =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', Set.Stages.Select(static stage => stage.Stride))}/{SuperColumns}/{Layout.Key}");

    private int Nibbles(int columns) => Set.Stages.Sum(stage => stage.Positions(columns));

    private IEnumerable<CodebookRun> FindRuns()
    {
        var segmentNibbles = Layout.SegmentColumns / NibbleColumns;
        var paddedNibbles = Layout.PaddedGroupSize / NibbleColumns;
        for (var block = 0; block < SuperBlocks; block++)
        {
            var place = block * paddedNibbles;
            for (var stage = 0; stage < Set.Stages.Count; stage++)
            {
                var positions = Set.Stages[stage].Positions(Math.Min(SuperColumns, Columns - block * SuperColumns));
                for (int position = 0, count; position < positions; position += count, place += count)
                {
                    count = Math.Min(positions - position, segmentNibbles - place % segmentNibbles);
                    yield return new CodebookRun(place / segmentNibbles, place % segmentNibbles, count, stage, block, position);
                }
            }
        }
    }
}
