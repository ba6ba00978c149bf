using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A coded weight matrix [rows, columns] in the form a kernel runs on. Products read the codes directly; the weights are never
/// expanded in memory. Immutable, and safe for concurrent calls from many threads.
/// </summary>
public abstract class PackedMatrix
{
    private protected PackedMatrix(CodedMatrix matrix, int rows)
    {
        Rows = rows;
        Columns = matrix.Columns;
        Bits = matrix.Bits;
        StoredBytes = matrix.StoredBytes * rows / matrix.Rows;
    }

    /// <summary>Number of rows (outputs).</summary>
    public int Rows { get; }

    /// <summary>Number of columns (inputs).</summary>
    public int Columns { get; }

    /// <summary>Number of sign planes, 1 to 4.</summary>
    public int Bits { get; }

    /// <summary>Bytes that the matrix takes in the packed file: codes and scales.</summary>
    public long StoredBytes { get; }

    /// <summary>Bytes that the running form takes in memory; more than <see cref="StoredBytes"/> by the padding of rows and groups.</summary>
    public abstract long RunningBytes { get; }

    /// <summary>Whether the running form lies in a mapped file (<see cref="StreamFile"/>) instead of memory of its own.</summary>
    public virtual bool IsMapped => false;

    /// <summary>The instructions that this matrix's products run on.</summary>
    public abstract KernelPath Path { get; }

    /// <summary>Brings a coded matrix into the running form of a kernel path.</summary>
    /// <param name="matrix">The matrix as the packed file holds it; not kept, except by <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="path">The kernel path; <see cref="PackedKernels.Current"/> when null.</param>
    /// <param name="precision">
    /// How the inputs enter the products; <see cref="PackedKernels.Precision"/> when null. Whatever it says, <see cref="KernelPath.Scalar"/> sums in double
    /// precision, and a matrix that runs from decoded tiles takes the inputs as they are.
    /// </param>
    /// <exception cref="PlatformNotSupportedException">This machine cannot run <paramref name="path"/>.</exception>
    /// <exception cref="ArgumentException">A scale of the matrix is not finite, or its layout has no kernel.</exception>
    public static PackedMatrix Create(CodedMatrix matrix, KernelPath? path = null, KernelPrecision? precision = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Create(matrix, 0, matrix.Rows, path, precision);
    }

    /// <summary>Brings some neighbouring rows of a coded matrix into running form, or takes that from a file.</summary>
    internal static PackedMatrix Create(
        CodedMatrix matrix, int first, int rows, KernelPath? path = null, KernelPrecision? precision = null, StoredStream? stored = null)
    {
        var chosen = path ?? PackedKernels.Current;
        PackedKernels.RequireSupported(chosen);
        if (chosen == KernelPath.Scalar)
        {
            return new ReferenceMatrix(matrix, first, rows);
        }

        var asked = precision ?? PackedKernels.Precision;
        return RunningStreams.Create(matrix, first, rows, chosen, asked, stored) is { } stream ? new TableMatrix(matrix, stream, chosen)
            : matrix is BinaryCodedMatrix binary && asked != KernelPrecision.Exact && FoldedStream.Fits(binary) ? new FoldedMatrix(binary, first, rows, chosen, asked)
            : DecodedKernels.Create(matrix, first, rows, chosen);
    }

    /// <summary>
    /// y[i, r] = Σ_k w[r, k]·x[i, k] + bias[r]. An input row that holds a NaN or an infinity gives an output row that is NaN throughout.
    /// The result does not depend on the number of threads, nor on the other rows of the batch. Allocates nothing once warm.
    /// </summary>
    /// <param name="x">[batch, columns], row-major.</param>
    /// <param name="y">[batch, rows], row-major; must not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 0.</param>
    /// <param name="bias">[rows], or empty for none.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or <paramref name="y"/> overlaps <paramref name="x"/>.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, ReadOnlySpan<float> bias = default) =>
        Multiply(x, y, batch, new Epilogue { Bias = bias });

    /// <summary>
    /// y[i, r] = act(Σ_k w[r, k]·x[i, k] + bias[r]) · gate[i, r] + residual[i, r]: the product and what follows it, without a second pass over the outputs. What holds of a product
    /// holds of this one.
    /// </summary>
    /// <param name="x">[batch, columns], row-major.</param>
    /// <param name="y">[batch, rows], row-major; must not overlap <paramref name="x"/>.</param>
    /// <param name="batch">Number of input rows, at least 0.</param>
    /// <param name="epilogue">What follows the product. Its gate and its residual may be <paramref name="y"/> itself: <c>y += layer(x)</c> needs no other memory.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, or spans overlap.</exception>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        RequireLength(nameof(x), x.Length, (long)batch * Columns);
        RequireLength(nameof(y), y.Length, (long)batch * Rows);
        epilogue.Check(y, batch, Rows);
        if (y.Overlaps(x))
        {
            throw new ArgumentException("y overlaps x; the product is not computed in place", nameof(y));
        }

        if (batch > 0)
        {
            MultiplyCore(x, y, batch, epilogue);
        }
    }

    /// <summary>Writes the decoded row: bit for bit what <see cref="CodedMatrix.DecodeRow"/> gives.</summary>
    /// <param name="row">Row, 0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">At least [columns]; only the first <see cref="Columns"/> elements are written.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void DecodeRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        if (destination.Length < Columns)
        {
            throw new ArgumentException($"destination has {destination.Length} elements; a row has {Columns}", nameof(destination));
        }

        DecodeRowCore(row, destination[..Columns]);
    }

    private protected abstract void MultiplyCore(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue);

    private protected abstract void DecodeRowCore(int row, Span<float> destination);

    private static void RequireLength(string name, int found, long expected)
    {
        if (found != expected)
        {
            throw new ArgumentException($"{name} has {found} elements; the shape needs {expected}", name);
        }
    }
}
