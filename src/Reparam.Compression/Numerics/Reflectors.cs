namespace Reparam.Compression.Numerics;

/// <summary>
/// Householder's reflections that bring a matrix to upper triangular form; with pivoting, columns are taken by falling norm of what is left of them.
/// </summary>
internal sealed class Reflectors
{
    private readonly int rows;
    private readonly double[][] vectors;
    private readonly double[] factors;

    /// <summary>Reduces a matrix.</summary>
    /// <param name="columns">[count, rows]: the columns, which are overwritten; every magnitude at most 1.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="count">Columns.</param>
    /// <param name="pivot">Whether to choose the order of the columns.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Reflectors(double[] columns, int rows, int count, bool pivot, int threads, CancellationToken cancellation)
    {
        this.rows = rows;
        Columns = columns;
        Order = [.. Enumerable.Range(0, count)];
        var rank = Math.Min(rows, count);
        vectors = new double[rank][];
        factors = new double[rank];
        for (var k = 0; k < rank; k++)
        {
            if (pivot)
            {
                Exchange(k, Largest(k, count, threads, cancellation));
            }

            var column = columns.AsSpan(k * rows + k, rows - k);
            var norm = DoubleVectors.Norm(column);
            var vector = column.ToArray();
            vectors[k] = vector;
            if (norm == 0)
            {
                continue;
            }

            // v = x ± ‖x‖·e₁ with the sign that does not cancel; I − τ·v·vᵀ maps x to ∓‖x‖·e₁.
            var diagonal = column[0] > 0 ? -norm : norm;
            vector[0] -= diagonal;
            var scale = DoubleVectors.Norm(vector);
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] /= scale;
            }

            factors[k] = 2;
            column.Clear();
            column[0] = diagonal;
            var first = k;
            DenseMatrix.ForEach(count - k - 1, 4L * (rows - k), threads, cancellation, j => Reflect(first, columns.AsSpan((first + 1 + j) * rows, rows)));
        }
    }

    /// <summary>[count, rows]: R, column by column; below the diagonal 0.</summary>
    public double[] Columns { get; }

    /// <summary>The original number of each column.</summary>
    public int[] Order { get; }

    /// <summary>Multiplies columns by Q.</summary>
    /// <param name="columns">[count, rows], overwritten.</param>
    /// <param name="count">Columns.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Apply(double[] columns, int count, int threads, CancellationToken cancellation) =>
        DenseMatrix.ForEach(count, 4L * rows * vectors.Length, threads, cancellation, c =>
        {
            for (var k = vectors.Length - 1; k >= 0; k--)
            {
                Reflect(k, columns.AsSpan(c * rows, rows));
            }
        });

    private void Reflect(int k, Span<double> column)
    {
        if (factors[k] != 0)
        {
            var tail = column[k..];
            DoubleVectors.AddScaled(tail, -factors[k] * DoubleVectors.Dot(vectors[k], tail), vectors[k]);
        }
    }

    // Norms are formed anew in each step: updated ones lose their digits where columns nearly depend on each other.
    private int Largest(int k, int count, int threads, CancellationToken cancellation)
    {
        var squares = new double[count - k];
        DenseMatrix.ForEach(squares.Length, 2L * (rows - k), threads, cancellation, j =>
        {
            var tail = Columns.AsSpan((k + j) * rows + k, rows - k);
            squares[j] = DoubleVectors.Dot(tail, tail);
        });
        var largest = 0;
        for (var j = 1; j < squares.Length; j++)
        {
            largest = squares[j] > squares[largest] ? j : largest;
        }

        return k + largest;
    }

    private void Exchange(int left, int right)
    {
        if (left == right)
        {
            return;
        }

        (Order[left], Order[right]) = (Order[right], Order[left]);
        var one = Columns.AsSpan(left * rows, rows);
        var other = Columns.AsSpan(right * rows, rows);
        for (var i = 0; i < rows; i++)
        {
            (one[i], other[i]) = (other[i], one[i]);
        }
    }
}
