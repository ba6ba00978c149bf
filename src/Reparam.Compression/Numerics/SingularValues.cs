namespace Reparam.Compression.Numerics;

/// <summary>
/// A = U·Σ·Vᵀ by Jacobi's one-sided method after a QR factorization with pivoting (Hestenes 1958; Drmač and Veselić, SIAM J. Matrix Anal. Appl. 29, 2008):
/// small singular values keep their leading digits. In double precision; the bits depend on the matrix alone, not on threads or machine.
/// </summary>
/// <remarks>
/// Own code and no library: MathNet.Numerics 5.0.0, the managed one at hand, loses a singular value of a matrix with graded columns, does not converge near
/// 1e300 and gives zeros near 1e-300.
/// </remarks>
public sealed class SingularValues
{
    private const int MaxSweeps = 60;

    // Of the largest magnitude: squares of what is smaller are no doubles, and its direction cannot be told.
    private static readonly double Smallest = Math.ScaleB(1, -450);

    private SingularValues(int rows, int columns, double[] u, double[] values, double[] v)
    {
        Rows = rows;
        Columns = columns;
        U = u;
        Values = values;
        V = v;
    }

    /// <summary>Rows of A.</summary>
    public int Rows { get; }

    /// <summary>Columns of A.</summary>
    public int Columns { get; }

    /// <summary>Singular values: the smaller one of rows and columns of A.</summary>
    public int Count => Values.Length;

    /// <summary>[Rows, Count], orthonormal columns, also those of singular values 0. The largest element of each column is positive.</summary>
    public ReadOnlyMemory<double> U { get; }

    /// <summary>[Count]: σ ≥ 0, falling.</summary>
    public ReadOnlyMemory<double> Values { get; }

    /// <summary>[Columns, Count], orthonormal columns.</summary>
    public ReadOnlyMemory<double> V { get; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">A, [rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The size is not rows × columns, or an element is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SingularValues Of(ReadOnlySpan<double> matrix, int rows, int columns, int threads = 0, CancellationToken cancellation = default)
    {
        if (rows < columns && matrix.Length == (long)rows * columns)
        {
            var (v, values, u) = OfTall(DenseMatrix.Transposed(matrix, rows, columns), columns, rows, threads, cancellation);
            return Signed(rows, columns, u, values, v);
        }
        else
        {
            var (u, values, v) = OfTall(matrix, rows, columns, threads, cancellation);
            return Signed(rows, columns, u, values, v);
        }
    }

    /// <summary>Decomposes a matrix of floats, in double precision.</summary>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, int, int, int, CancellationToken)"/>
    public static SingularValues Of(ReadOnlySpan<float> matrix, int rows, int columns, int threads = 0, CancellationToken cancellation = default) =>
        Of(DenseMatrix.Doubles(matrix), rows, columns, threads, cancellation);

    // Columns of U and V in one piece each.
    private static (double[] U, double[] Values, double[] V) OfTall(
        ReadOnlySpan<double> matrix, int rows, int columns, int threads, CancellationToken cancellation)
    {
        // A·P = Q·R; Rᵀ·J = W·Σ with J of rotations gives A = (Q·J)·Σ·(P·W)ᵀ.
        var a = DenseMatrix.Columns(matrix, rows, columns, out var exponent);
        var reflectors = new Reflectors(a, rows, columns, pivot: true, threads, cancellation);
        var transposed = new double[columns * columns];
        for (var c = 0; c < columns; c++)
        {
            for (var k = 0; k <= c; k++)
            {
                transposed[k * columns + c] = a[c * rows + k];
            }
        }

        var rotations = new double[columns * columns];
        for (var k = 0; k < columns; k++)
        {
            rotations[k * columns + k] = 1;
        }

        Orthogonalize(transposed, rotations, columns, threads, cancellation);
        var norms = new double[columns];
        for (var k = 0; k < columns; k++)
        {
            norms[k] = DoubleVectors.Norm(transposed.AsSpan(k * columns, columns));
        }

        // Equal values keep their order on every machine.
        var order = Enumerable.Range(0, columns).OrderByDescending(k => norms[k]).ToArray();
        var u = new double[columns * rows];
        var v = new double[columns * columns];
        var values = new double[columns];
        for (var place = 0; place < columns; place++)
        {
            var k = order[place];
            values[place] = norms[k] < Smallest ? 0 : Math.ScaleB(norms[k], exponent);
            rotations.AsSpan(k * columns, columns).CopyTo(u.AsSpan(place * rows));
            var direction = v.AsSpan(place * columns, columns);
            if (values[place] > 0)
            {
                for (var i = 0; i < columns; i++)
                {
                    direction[i] = transposed[k * columns + i] / norms[k];
                }
            }
            else
            {
                Complete(v, place, columns);
            }
        }

        reflectors.Apply(u, columns, threads, cancellation);
        var placed = new double[v.Length];
        for (var place = 0; place < columns; place++)
        {
            for (var i = 0; i < columns; i++)
            {
                placed[place * columns + reflectors.Order[i]] = v[place * columns + i];
            }
        }

        return (u, values, placed);
    }

    // Rotates pairs of columns until all are orthogonal; the rotations are gathered.
    private static void Orthogonalize(double[] matrix, double[] rotations, int n, int threads, CancellationToken cancellation)
    {
        var tolerance = Math.ScaleB(1, -52) * Math.Sqrt(n);
        var pairs = Rounds.Pairs(n);
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var moved = 0;
            for (var round = 0; round < Rounds.Count(n); round++)
            {
                var now = round;
                DenseMatrix.ForEach(pairs, 16L * n, threads, cancellation, pair =>
                {
                    if (Rounds.TryPair(n, now, pair, out var p, out var q) && Rotate(matrix, rotations, n, p, q, tolerance))
                    {
                        Volatile.Write(ref moved, 1);
                    }
                });
            }

            if (moved == 0)
            {
                return;
            }
        }

        throw new ArithmeticException($"Jacobi's method did not converge in {MaxSweeps} sweeps over {n} columns");
    }

    private static bool Rotate(double[] matrix, double[] rotations, int n, int p, int q, double tolerance)
    {
        var left = matrix.AsSpan(p * n, n);
        var right = matrix.AsSpan(q * n, n);
        var (alpha, beta, gamma) = DoubleVectors.Dots(left, right);
        if (!(Math.Abs(gamma) > tolerance * Math.Sqrt(alpha) * Math.Sqrt(beta)))
        {
            return false;
        }

        var zeta = (beta - alpha) / (2 * gamma);
        var tangent = (zeta < 0 ? -1 : 1) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
        var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
        DoubleVectors.Rotate(left, right, cosine, cosine * tangent);
        DoubleVectors.Rotate(rotations.AsSpan(p * n, n), rotations.AsSpan(q * n, n), cosine, cosine * tangent);
        return true;
    }

    // A unit vector that is orthogonal to the columns before: of the unit vectors the one that they span least.
    private static void Complete(double[] columns, int place, int n)
    {
        var covered = new double[n];
        for (var k = 0; k < place; k++)
        {
            for (var i = 0; i < n; i++)
            {
                covered[i] += columns[k * n + i] * columns[k * n + i];
            }
        }

        var direction = columns.AsSpan(place * n, n);
        direction.Clear();
        direction[Array.IndexOf(covered, covered.Min())] = 1;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var k = 0; k < place; k++)
            {
                var other = columns.AsSpan(k * n, n);
                DoubleVectors.AddScaled(direction, -DoubleVectors.Dot(other, direction), other);
            }

            var norm = DoubleVectors.Norm(direction);
            for (var i = 0; i < n; i++)
            {
                direction[i] /= norm;
            }
        }
    }

    private static SingularValues Signed(int rows, int columns, double[] u, double[] values, double[] v)
    {
        for (var k = 0; k < values.Length; k++)
        {
            var left = u.AsSpan(k * rows, rows);
            var largest = 0;
            for (var i = 1; i < rows; i++)
            {
                largest = Math.Abs(left[i]) > Math.Abs(left[largest]) ? i : largest;
            }

            if (left[largest] < 0)
            {
                Negate(left);
                Negate(v.AsSpan(k * columns, columns));
            }
        }

        return new SingularValues(rows, columns, DenseMatrix.Transposed(u, values.Length, rows), values, DenseMatrix.Transposed(v, values.Length, columns));
    }

    private static void Negate(Span<double> values)
    {
        foreach (ref var value in values)
        {
            value = -value;
        }
    }
}
