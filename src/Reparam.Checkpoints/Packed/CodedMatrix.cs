namespace Reparam.Checkpoints.Packed;

/// <summary>A matrix [rows, columns] in a few bits a weight, in the canonical stored form that docs/formats/packed.md describes. Immutable.</summary>
public abstract class CodedMatrix
{
    /// <summary>Largest number of planes.</summary>
    public const int MaxBits = 4;

    private protected CodedMatrix(int rows, int columns, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        Rows = rows;
        Columns = columns;
        Bits = bits;
    }

    /// <summary>Which weights share what.</summary>
    public abstract PackedLayout Layout { get; }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Number of planes: bits of a weight before scales and tables.</summary>
    public int Bits { get; }

    /// <summary>Bytes that the matrix takes in the file without the tables that other matrices may share.</summary>
    public abstract long StoredBytes { get; }

    /// <summary>The table that the weights are decoded with, as the file stores it, once for all matrices with the same one; empty when the layout has none.</summary>
    public virtual ReadOnlyMemory<sbyte> TableEntries => default;

    /// <summary>Bytes of the table that other matrices may share.</summary>
    public long TableBytes => TableEntries.Length;

    /// <summary>Writes the decoded row. The value is defined to the last bit by docs/formats/packed.md.</summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[columns].</param>
    public abstract void DecodeRow(int row, Span<float> destination);

    /// <summary>All decoded weights, [rows, columns].</summary>
    public float[] Decode()
    {
        var weights = new float[checked(Rows * Columns)];
        for (var row = 0; row < Rows; row++)
        {
            DecodeRow(row, weights.AsSpan(row * Columns, Columns));
        }

        return weights;
    }

    /// <summary>⌈value / divisor⌉ of positive numbers.</summary>
    internal static int DivideUp(int value, int divisor) => ((value - 1) / divisor) + 1;

    private protected static void RequireLength(string name, long found, long expected)
    {
        if (found != expected)
        {
            throw new ArgumentException($"{name} has {found} elements; the shape needs {expected}", name);
        }
    }
}
