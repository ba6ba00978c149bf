namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Neighbouring columns of one group whose inputs have one scale, so that their products are summed as whole numbers.</summary>
/// <param name="Group">The group.</param>
/// <param name="Column">First column, a multiple of <see cref="UniformTiles.StepColumns"/>.</param>
/// <param name="Columns">Columns.</param>
internal readonly record struct UniformSegment(int Group, int Column, int Columns)
{
    /// <summary>First step.</summary>
    public int Step => Column / UniformTiles.StepColumns;

    /// <summary>Steps; the last one of a row may be padded.</summary>
    public int Steps => UniformTiles.Steps(Columns);

    /// <summary>Cuts the groups of a row into segments.</summary>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="groupColumns">Columns of a group.</param>
    /// <param name="most">Most columns of a segment, a multiple of <see cref="UniformTiles.StepColumns"/>.</param>
    public static UniformSegment[] Cut(int columns, int groupColumns, int most)
    {
        var segments = new List<UniformSegment>();
        for (var begin = 0; begin < columns; begin += groupColumns)
        {
            var end = Math.Min(columns, begin + groupColumns);
            for (var column = begin; column < end; column += most)
            {
                segments.Add(new UniformSegment(begin / groupColumns, column, Math.Min(most, end - column)));
            }

            if (end == columns)
            {
                break;
            }
        }

        return [.. segments];
    }
}
