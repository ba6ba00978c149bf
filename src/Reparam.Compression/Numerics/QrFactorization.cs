namespace Reparam.Compression.Numerics;

/// <summary>
/// A = Q·R with orthonormal columns in Q and R upper triangular with a diagonal that is not negative (Householder's method), so that the factors of a matrix of
/// full rank are unique. In double precision; the bits depend on the matrix alone, not on threads or machine.
/// </summary>
public sealed class QrFactorization
{
    private QrFactorization(int rows, int columns, double[] q, double[] r)
    {
        Rows = rows;
        Columns = columns;
        Q = q;
        R = r;
    }

    /// <summary>Rows of A.</summary>
    public int Rows { get; }

    /// <summary>Columns of A.</summary>
    public int Columns { get; }

    /// <summary>Columns of Q: the smaller one of rows and columns of A.</summary>
    public int Rank => Math.Min(Rows, Columns);

    /// <summary>[Rows, Rank].</summary>
    public ReadOnlyMemory<double> Q { get; }

    /// <summary>[Rank, Columns]; zero below the diagonal.</summary>
    public ReadOnlyMemory<double> R { get; }

    /// <summary>Factors a matrix.</summary>
    /// <param name="matrix">A, [rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The size is not rows × columns, or an element is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static QrFactorization Of(ReadOnlySpan<double> matrix, int rows, int columns, int threads = 0, CancellationToken cancellation = default)
    {
        var a = DenseMatrix.Columns(matrix, rows, columns, out var exponent);
        var reflectors = new Reflectors(a, rows, columns, pivot: false, threads, cancellation);
        var rank = Math.Min(rows, columns);
        var q = new double[rank * rows];
        for (var k = 0; k < rank; k++)
        {
            q[k * rows + k] = 1;
        }

        reflectors.Apply(q, rank, threads, cancellation);
        var r = new double[rank * columns];
        for (var k = 0; k < rank; k++)
        {
            var sign = reflectors.Columns[k * rows + k] < 0 ? -1 : 1;
            for (var i = 0; i < rows; i++)
            {
                q[k * rows + i] *= sign;
            }

            for (var c = k; c < columns; c++)
            {
                r[k * columns + c] = Math.ScaleB(sign * reflectors.Columns[c * rows + k], exponent);
            }
        }

        return new QrFactorization(rows, columns, DenseMatrix.Transposed(q, rank, rows), r);
    }

    /// <summary>Factors a matrix of floats, in double precision.</summary>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, int, int, int, CancellationToken)"/>
    public static QrFactorization Of(ReadOnlySpan<float> matrix, int rows, int columns, int threads = 0, CancellationToken cancellation = default) =>
        Of(DenseMatrix.Doubles(matrix), rows, columns, threads, cancellation);
}
