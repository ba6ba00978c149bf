namespace Reparam.Compression.SecondOrder;

/// <summary>
/// Rounds a matrix column by column, whatever its format, while <see cref="ErrorFeedback"/> moves the errors of each column into the columns that are still to
/// come.
/// </summary>
/// <remarks>
/// Both members are called for different rows at the same time, and for the same rows in the order of coding. What they write must belong to the rows they are
/// given.
/// </remarks>
public interface IColumnQuantizer
{
    /// <summary>
    /// Chooses what the weights of a group share, such as its scale and zero point, before the first of its columns is rounded. Does nothing where that is
    /// chosen beforehand.
    /// </summary>
    /// <param name="group">The group: columns <c>group · groupColumns</c> to <c>(group + 1) · groupColumns</c> of the matrix.</param>
    /// <param name="targets">The values that would make up for all errors so far, if each could be stored as it is; the last group may be narrower.</param>
    void BeginGroup(int group, in ColumnTile targets);

    /// <summary>Rounds one column to values that the format can store, and keeps their codes.</summary>
    /// <param name="column">The column of the matrix.</param>
    /// <param name="firstRow">The first row of the matrix that is given.</param>
    /// <param name="targets">The values to come close to, one for each row.</param>
    /// <param name="values">Receives the stored values, finite, as many as targets.</param>
    void Quantize(int column, int firstRow, ReadOnlySpan<float> targets, Span<float> values);
}
