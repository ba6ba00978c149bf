namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A matrix [rows, columns] in a few bits a weight, in the canonical stored form of its <see cref="Format"/>. Immutable; safe on several threads.
/// </summary>
public abstract class CodedMatrix
{
    /// <summary>Takes the size of a matrix.</summary>
    /// <param name="rows">Number of rows (outputs), at least 1.</param>
    /// <param name="columns">Number of columns (inputs), at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is less.</exception>
    protected CodedMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rows = rows;
        Columns = columns;
    }

    /// <summary>How the matrix lies in a packed file.</summary>
    public abstract PackedFormat Format { get; }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Bytes that the matrix takes in the file without the table that other matrices may share.</summary>
    public abstract long StoredBytes { get; }

    /// <summary>The table that the weights are decoded with, which a file holds once for all matrices with an equal one; null, the default, for none.</summary>
    public virtual CodedTable? StoredTable => null;

    /// <summary>Bytes of the table that other matrices may share.</summary>
    public long TableBytes => StoredTable?.Bytes.Length ?? 0;

    /// <summary>
    /// Most addends that a kernel may form a product w·x of one weight from. Checks of kernels count roundings with it. 1, the default, holds for decoded
    /// weights; a format with a kernel of its own that adds, say, planes gives their number.
    /// </summary>
    public virtual int Addends => 1;

    /// <summary>Whether a product rounds the inputs too, so that decoded weights alone do not give its results. Default false.</summary>
    public virtual bool RoundsInputs => false;

    /// <summary>Writes the decoded row. The value is defined to the last bit by the format.</summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[columns]; more is left as it is.</param>
    public abstract void DecodeRow(int row, Span<float> destination);

    /// <summary>
    /// Σ_k a[k] of a row, with a[k] the sum of the magnitudes of what kernels form w[row, k] from: neither a partial sum nor the result of a product with
    /// inputs within ±1 is larger. Checks of kernels measure roundings by it. Σ_k |w[row, k]|, the default, holds for decoded weights; a format with a kernel
    /// of its own that adds parts which may cancel gives the sum of their magnitudes.
    /// </summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    public virtual double Amplitude(int row)
    {
        var weights = new float[Columns];
        DecodeRow(row, weights);
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += Math.Abs((double)weight);
        }

        return sum;
    }

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

    /// <summary>Refuses a part of another length.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="found">Elements that it has.</param>
    /// <param name="expected">Elements that the shape needs.</param>
    /// <exception cref="ArgumentException">They differ.</exception>
    protected static void RequireLength(string name, long found, long expected)
    {
        if (found != expected)
        {
            throw new ArgumentException($"{name} has {found} elements; the shape needs {expected}", name);
        }
    }
}
