using System.Globalization;

namespace Reparam.Compression.Numerics;

/// <summary>
/// A = X·Λ·Xᵀ of a symmetric matrix by Jacobi's method (Jacobi 1846; Golub and Van Loan, Matrix Computations, 8.5). In double precision; the bits depend on the
/// matrix alone, not on threads or machine.
/// </summary>
public sealed class SymmetricEigen
{
    private const int MaxSweeps = 60;

    private SymmetricEigen(int size, double[] values, double[] vectors)
    {
        Size = size;
        Values = values;
        Vectors = vectors;
    }

    /// <summary>Rows and columns of A.</summary>
    public int Size { get; }

    /// <summary>[Size]: λ, falling.</summary>
    public ReadOnlyMemory<double> Values { get; }

    /// <summary>[Size, Size]: an orthonormal eigenvector in each column. The largest element of each is positive.</summary>
    public ReadOnlyMemory<double> Vectors { get; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">A, [size, size]; the mean of the elements on both sides of the diagonal is taken.</param>
    /// <param name="size">Rows and columns.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">
    /// The size is not size × size, an element is NaN or infinite, or the matrix is not symmetric up to rounding of floats.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SymmetricEigen Of(ReadOnlySpan<double> matrix, int size, int threads = 0, CancellationToken cancellation = default)
    {
        // Of floats: what two sums of the same products in different order may differ by.
        const double Asymmetry = 1e-4;
        var a = DenseMatrix.Columns(matrix, size, size, out var exponent);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (lower, upper) = (a[i * size + j], a[j * size + i]);
                if (Math.Abs(lower - upper) > Asymmetry)
                {
                    throw new ArgumentException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"a matrix has {matrix[i * size + j]} in row {i}, column {j} and {matrix[j * size + i]} on the other side; "
                            + $"expected a symmetric one"),
                        nameof(matrix));
                }

                a[i * size + j] = a[j * size + i] = (lower + upper) / 2;
            }
        }

        var vectors = new double[size * size];
        for (var k = 0; k < size; k++)
        {
            vectors[k * size + k] = 1;
        }

        a = Diagonalize(a, vectors, size, threads, cancellation);
        var values = new double[size];
        for (var k = 0; k < size; k++)
        {
            values[k] = a[k * size + k];
        }

        // Equal values keep their order on every machine.
        var order = Enumerable.Range(0, size).OrderByDescending(k => values[k]).ToArray();
        var sorted = new double[vectors.Length];
        for (var place = 0; place < size; place++)
        {
            var vector = vectors.AsSpan(order[place] * size, size);
            var largest = 0;
            for (var i = 1; i < size; i++)
            {
                largest = Math.Abs(vector[i]) > Math.Abs(vector[largest]) ? i : largest;
            }

            var sign = vector[largest] < 0 ? -1 : 1;
            for (var i = 0; i < size; i++)
            {
                sorted[i * size + place] = sign * vector[i];
            }
        }

        return new SymmetricEigen(size, [.. order.Select(k => Math.ScaleB(values[k], exponent))], sorted);
    }

    /// <summary>Decomposes a matrix of floats, in double precision.</summary>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, int, int, CancellationToken)"/>
    public static SymmetricEigen Of(ReadOnlySpan<float> matrix, int size, int threads = 0, CancellationToken cancellation = default) =>
        Of(DenseMatrix.Doubles(matrix), size, threads, cancellation);

    private static double[] Diagonalize(double[] a, double[] vectors, int n, int threads, CancellationToken cancellation)
    {
        // Every magnitude is at most 1: what is left beside the diagonal is below the rounding of the largest element.
        var tolerance = Math.ScaleB(1, -54);
        var pairs = Rounds.Pairs(n);
        var turns = new (int Low, int High, double Cosine, double Sine)[pairs];
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var moved = false;
            for (var round = 0; round < Rounds.Count(n); round++)
            {
                var count = 0;
                for (var pair = 0; pair < pairs; pair++)
                {
                    if (Rounds.TryPair(n, round, pair, out var p, out var q) && Math.Abs(a[p * n + q]) > tolerance)
                    {
                        var (cosine, sine) = Turn(a[p * n + p], a[q * n + q], a[p * n + q]);
                        turns[count++] = (p, q, cosine, sine);
                    }
                }

                if (count == 0)
                {
                    continue;
                }

                // JᵀAJ: rows, then, of what lies across, rows again. Pairs of a round do not touch each other.
                moved = true;
                RotateRows(a, turns, count, n, threads, cancellation);
                a = DenseMatrix.Transposed(a, n, n);
                RotateRows(a, turns, count, n, threads, cancellation);
                RotateRows(vectors, turns, count, n, threads, cancellation);
                for (var i = 0; i < count; i++)
                {
                    var (p, q, _, _) = turns[i];
                    a[p * n + q] = a[q * n + p] = 0;
                }
            }

            if (!moved)
            {
                return a;
            }
        }

        throw new ArithmeticException($"Jacobi's method did not converge in {MaxSweeps} sweeps over {n} columns");
    }

    // The rotation that makes [app, apq; apq, aqq] diagonal, by the smaller angle.
    private static (double Cosine, double Sine) Turn(double app, double aqq, double apq)
    {
        var theta = (aqq - app) / (2 * apq);
        var tangent = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(1 + theta * theta));
        var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
        return (cosine, cosine * tangent);
    }

    private static void RotateRows(
        double[] matrix, (int Low, int High, double Cosine, double Sine)[] turns, int count, int n, int threads, CancellationToken cancellation) =>
        DenseMatrix.ForEach(count, 6L * n, threads, cancellation, i =>
        {
            var (p, q, cosine, sine) = turns[i];
            DoubleVectors.Rotate(matrix.AsSpan(p * n, n), matrix.AsSpan(q * n, n), cosine, sine);
        });
}
