namespace Reparam.Compression.SecondOrder;

/// <summary>Some neighbouring columns of some neighbouring rows of a matrix; each column lies in one piece.</summary>
public readonly ref struct ColumnTile
{
    private readonly ReadOnlySpan<float> values;

    internal ColumnTile(ReadOnlySpan<float> values, int firstColumn, int columns, int firstRow, int rows)
    {
        this.values = values;
        FirstColumn = firstColumn;
        Columns = columns;
        FirstRow = firstRow;
        Rows = rows;
    }

    /// <summary>The first column of the matrix that is here.</summary>
    public int FirstColumn { get; }

    /// <summary>How many columns are here.</summary>
    public int Columns { get; }

    /// <summary>The first row of the matrix that is here.</summary>
    public int FirstRow { get; }

    /// <summary>How many rows are here.</summary>
    public int Rows { get; }

    /// <summary>[rows]: one column.</summary>
    /// <param name="index">0 for <see cref="FirstColumn"/>, 1 for the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column here.</exception>
    public ReadOnlySpan<float> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Columns);
            return values.Slice(index * Rows, Rows);
        }
    }
}
