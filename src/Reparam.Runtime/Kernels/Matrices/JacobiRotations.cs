namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>
/// Eigenvalues of symmetric matrices and singular values by Jacobi's rotations (Golub and Van Loan, "Matrix computations", sections 8.5 and 8.6.3): slow for
/// large matrices, and exact to the last digits.
/// </summary>
internal static class JacobiRotations
{
    private const int Sweeps = 60;
    private const double Tolerance = 1e-15;

    /// <summary>A = V·diag(λ)·Vᵀ, the eigenvalues from the smallest on.</summary>
    /// <param name="matrix">Symmetric; the lower half is read.</param>
    /// <exception cref="InvalidOperationException">An element is not finite.</exception>
    public static (double[] Values, DenseMatrix Vectors) Symmetric(DenseMatrix matrix)
    {
        RequireFinite(matrix);
        var size = matrix.Rows;
        var work = new DenseMatrix(size, size);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                work[i, j] = i >= j ? matrix[i, j] : matrix[j, i];
            }
        }

        var vectors = DenseMatrix.Identity(size);
        var isDone = false;
        for (var sweep = 0; sweep < Sweeps && !isDone; sweep++)
        {
            isDone = true;
            for (var p = 0; p < size; p++)
            {
                for (var q = p + 1; q < size; q++)
                {
                    if (Math.Abs(work[p, q]) > Tolerance * Math.Sqrt(Math.Abs(work[p, p] * work[q, q])) && Math.Abs(work[p, q]) > double.Epsilon)
                    {
                        isDone = false;
                        var (cos, sin) = Angle((work[q, q] - work[p, p]) / (2 * work[p, q]));
                        RotateRows(work, p, q, cos, sin);
                        RotateColumns(work, p, q, cos, sin);
                        RotateColumns(vectors, p, q, cos, sin);
                    }
                }
            }
        }

        var values = new double[size];
        for (var i = 0; i < size; i++)
        {
            values[i] = work[i, i];
        }

        var order = Enumerable.Range(0, size).OrderBy(i => values[i]).ToArray();
        return ([.. order.Select(i => values[i])], Ordered(vectors, order));
    }

    /// <summary>A = U·diag(σ)·Vᵀ with as many columns as the shorter side, the singular values from the largest on.</summary>
    /// <exception cref="InvalidOperationException">An element is not finite.</exception>
    public static (DenseMatrix U, double[] Values, DenseMatrix V) Singular(DenseMatrix matrix)
    {
        RequireFinite(matrix);
        if (matrix.Rows < matrix.Columns)
        {
            var (left, singular, right) = Singular(matrix.Transposed());
            return (right, singular, left);
        }

        // The columns are rotated until each is orthogonal to the others.
        var (work, v) = (matrix.Clone(), DenseMatrix.Identity(matrix.Columns));
        var isDone = false;
        for (var sweep = 0; sweep < Sweeps && !isDone; sweep++)
        {
            isDone = true;
            for (var p = 0; p < work.Columns; p++)
            {
                for (var q = p + 1; q < work.Columns; q++)
                {
                    var (a, b, c) = (Dot(work, p, p), Dot(work, q, q), Dot(work, p, q));
                    if (Math.Abs(c) > Tolerance * Math.Sqrt(a * b) && Math.Abs(c) > double.Epsilon)
                    {
                        isDone = false;
                        var (cos, sin) = Angle((b - a) / (2 * c));
                        RotateColumns(work, p, q, cos, sin);
                        RotateColumns(v, p, q, cos, sin);
                    }
                }
            }
        }

        var lengths = Enumerable.Range(0, work.Columns).Select(j => Math.Sqrt(Dot(work, j, j))).ToArray();
        var order = Enumerable.Range(0, work.Columns).OrderByDescending(j => lengths[j]).ToArray();
        return (Orthonormal(Ordered(work, order)), [.. order.Select(j => lengths[j])], Ordered(v, order));
    }

    /// <summary>Columns of length one, each orthogonal to those before it, and more of them up to a count.</summary>
    public static DenseMatrix Orthonormal(DenseMatrix columns, int? count = null)
    {
        var result = new DenseMatrix(columns.Rows, count ?? columns.Columns);
        var largest = Enumerable.Range(0, columns.Columns).Select(j => Math.Sqrt(Dot(columns, j, j))).DefaultIfEmpty(0).Max();
        var next = 0;
        for (var j = 0; j < result.Columns; j++)
        {
            for (var i = 0; j < columns.Columns && i < result.Rows; i++)
            {
                result[i, j] = columns[i, j];
            }

            // A column that is nothing beside the largest has no direction of its own: an axis far from the columns so far takes its place.
            var isFound = j < columns.Columns && Normalised(result, j, largest * 1e-14);
            while (!isFound)
            {
                for (var i = 0; i < result.Rows; i++)
                {
                    result[i, j] = i == next ? 1 : 0;
                }

                next++;
                isFound = Normalised(result, j, 0.5 / Math.Sqrt(result.Rows));
            }
        }

        return result;
    }

    // Makes a column orthogonal to those before it, twice for the sake of rounding, and of length one; false if nothing remains.
    private static bool Normalised(DenseMatrix matrix, int column, double least)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            for (var other = 0; other < column; other++)
            {
                var part = Dot(matrix, column, other);
                for (var i = 0; i < matrix.Rows; i++)
                {
                    matrix[i, column] -= part * matrix[i, other];
                }
            }
        }

        var length = Math.Sqrt(Dot(matrix, column, column));
        if (!(length > least))
        {
            return false;
        }

        for (var i = 0; i < matrix.Rows; i++)
        {
            matrix[i, column] /= length;
        }

        return true;
    }

    private static void RequireFinite(DenseMatrix matrix)
    {
        if (!Array.TrueForAll(matrix.Values, double.IsFinite))
        {
            throw new InvalidOperationException("The decomposition does not converge: an element of the matrix is not finite.");
        }
    }

    private static (double Cos, double Sin) Angle(double cotangent)
    {
        var tangent = Math.CopySign(1, cotangent) / (Math.Abs(cotangent) + Math.Sqrt(1 + cotangent * cotangent));
        var cos = 1 / Math.Sqrt(1 + tangent * tangent);
        return (cos, cos * tangent);
    }

    private static double Dot(DenseMatrix matrix, int a, int b)
    {
        var sum = 0.0;
        for (var i = 0; i < matrix.Rows; i++)
        {
            sum += matrix[i, a] * matrix[i, b];
        }

        return sum;
    }

    private static void RotateColumns(DenseMatrix matrix, int p, int q, double cos, double sin)
    {
        for (var i = 0; i < matrix.Rows; i++)
        {
            (matrix[i, p], matrix[i, q]) = (cos * matrix[i, p] - sin * matrix[i, q], sin * matrix[i, p] + cos * matrix[i, q]);
        }
    }

    private static void RotateRows(DenseMatrix matrix, int p, int q, double cos, double sin)
    {
        for (var j = 0; j < matrix.Columns; j++)
        {
            (matrix[p, j], matrix[q, j]) = (cos * matrix[p, j] - sin * matrix[q, j], sin * matrix[p, j] + cos * matrix[q, j]);
        }
    }

    private static DenseMatrix Ordered(DenseMatrix matrix, int[] columns)
    {
        var result = new DenseMatrix(matrix.Rows, columns.Length);
        for (var i = 0; i < matrix.Rows; i++)
        {
            for (var j = 0; j < columns.Length; j++)
            {
                result[i, j] = matrix[i, columns[j]];
            }
        }

        return result;
    }
}
