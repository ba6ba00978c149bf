namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>Functions of one matrix that are made of its decompositions.</summary>
internal static class MatrixFunctions
{
    // Numerator of the Padé approximant of degree 13 (Higham, "The scaling and squaring method for the matrix exponential revisited", 2005).
    private static readonly double[] Pade =
    [
        64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920,
        40840800, 960960, 16380, 182, 1,
    ];

    /// <summary>The sign of the determinant, and the logarithm of its magnitude.</summary>
    public static (double Sign, double Logarithm) LogDeterminant(DenseMatrix matrix)
    {
        var lu = new LuDecomposition(matrix);
        var (sign, logarithm) = ((double)lu.Sign, 0.0);
        for (var i = 0; i < matrix.Rows; i++)
        {
            sign *= Math.Sign(lu.Factors[i, i]);
            logarithm += Math.Log(Math.Abs(lu.Factors[i, i]));
        }

        return (sign, logarithm);
    }

    public static double Determinant(DenseMatrix matrix)
    {
        var lu = new LuDecomposition(matrix);
        double product = lu.Sign;
        for (var i = 0; i < matrix.Rows; i++)
        {
            product *= lu.Factors[i, i];
        }

        return product;
    }

    /// <summary>A⁻¹·B.</summary>
    /// <exception cref="InvalidOperationException">A is singular.</exception>
    public static DenseMatrix Solve(string name, DenseMatrix matrix, DenseMatrix right)
    {
        var lu = new LuDecomposition(matrix);
        return lu.FirstZero == 0
            ? lu.Solve(right)
            : throw new InvalidOperationException($"{name}: the matrix is singular; its pivot {lu.FirstZero} of {matrix.Rows} is zero.");
    }

    /// <summary>The root of a positive definite matrix.</summary>
    /// <exception cref="InvalidOperationException">It is not positive definite.</exception>
    public static DenseMatrix Cholesky(string name, DenseMatrix matrix)
    {
        var (root, failed) = Triangular.Cholesky(matrix);
        return failed == 0
            ? root
            : throw new InvalidOperationException($"{name}: the matrix is not positive definite; its leading minor of order {failed} is not.");
    }

    /// <summary>The inverse of Moore and Penrose: singular values up to a limit count as zero.</summary>
    public static DenseMatrix PseudoInverse(DenseMatrix matrix, double absolute, double relative)
    {
        var (u, values, v) = JacobiRotations.Singular(matrix);
        var limit = Limit(values, absolute, relative);
        return v * DenseMatrix.Diagonal([.. values.Select(value => value > limit ? 1 / value : 0)]) * u.Transposed();
    }

    /// <summary>How many singular values are above a limit.</summary>
    public static int Rank(DenseMatrix matrix, double absolute, double relative)
    {
        var values = JacobiRotations.Singular(matrix).Values;
        var limit = Limit(values, absolute, relative);
        return values.Count(value => value > limit);
    }

    /// <summary>e to the power of a square matrix, by scaling and squaring.</summary>
    public static DenseMatrix Exponential(DenseMatrix matrix)
    {
        const double Largest = 5.371920351148152;
        var norm = matrix.ColumnNorm();
        var squarings = norm > Largest && double.IsFinite(norm) ? (int)Math.Ceiling(Math.Log2(norm / Largest)) : 0;
        var scaled = matrix * Math.Pow(2, -squarings);
        var square = scaled * scaled;
        var (odd, even) = (DenseMatrix.Identity(matrix.Rows) * Pade[^1], DenseMatrix.Identity(matrix.Rows) * Pade[^2]);
        for (var i = Pade.Length - 3; i > 0; i -= 2)
        {
            odd = (odd * square) + (DenseMatrix.Identity(matrix.Rows) * Pade[i]);
            even = (even * square) + (DenseMatrix.Identity(matrix.Rows) * Pade[i - 1]);
        }

        odd = scaled * odd;
        var result = new LuDecomposition(even - odd).Solve(even + odd);
        for (var i = 0; i < squarings; i++)
        {
            result *= result;
        }

        return result;
    }

    /// <summary>A whole power of a square matrix; a negative one of its inverse.</summary>
    public static DenseMatrix Power(DenseMatrix matrix, int exponent)
    {
        var factor = exponent < 0 ? Solve("matrix_power", matrix, DenseMatrix.Identity(matrix.Rows)) : matrix;
        var result = DenseMatrix.Identity(matrix.Rows);
        for (var rest = Math.Abs((long)exponent); rest > 0; rest >>= 1)
        {
            result = (rest & 1) != 0 ? result * factor : result;
            factor = rest > 1 ? factor * factor : factor;
        }

        return result;
    }

    /// <summary>The sum of the magnitudes of a column (1) or row (∞), the largest or (negative) the smallest; or a singular value (2, −2).</summary>
    public static double Norm(DenseMatrix matrix, double order)
    {
        if (Math.Abs(order) == 2)
        {
            var values = JacobiRotations.Singular(matrix).Values;
            return order > 0 ? values[0] : values[^1];
        }

        if (Math.Abs(order) != 1 && !double.IsInfinity(order))
        {
            throw new ArgumentException($"A norm of matrices has the order 1, 2 or infinity, or the negative of one, not {order}.");
        }

        var lines = Math.Abs(order) == 1 ? matrix.Transposed() : matrix;
        var sums = Enumerable.Range(0, lines.Rows).Select(i => lines.RowSpan(i).ToArray().Sum(Math.Abs));
        return order > 0 ? sums.Max() : sums.Min();
    }

    /// <summary>The sum of the singular values.</summary>
    public static double NuclearNorm(DenseMatrix matrix) => JacobiRotations.Singular(matrix).Values.Sum();

    private static double Limit(double[] values, double absolute, double relative) => Math.Max(absolute, relative * values.DefaultIfEmpty(0).Max());
}
