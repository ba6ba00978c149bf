using Reparam.Runtime.Kernels.Matrices;

namespace Reparam.Runtime;

/// <content>
/// Decompositions, inverses and solutions of the matrices in the last two dimensions, Float32 or Float64. They are computed in double precision, one matrix
/// after the other, and meant for small matrices. Where vectors have no sign of their own (singular vectors, eigenvectors), libtorch may choose the other one.
/// </content>
public static partial class Linalg
{
    /// <summary>Determinants: [...].</summary>
    [Counterpart("det")]
    public static Tensor Det(Tensor input) => MatrixBatch.Number("det", input, MatrixFunctions.Determinant, isSquare: true);

    /// <summary>Signs of the determinants, and logarithms of their magnitudes: [...] each.</summary>
    [Counterpart("slogdet")]
    public static (Tensor res, Tensor logabsdet) Slogdet(Tensor input)
    {
        var both = MatrixBatch.One("slogdet", input, Row, isSquare: true).Squeeze(-2);
        return (both.Select(-1, 0).Contiguous(), both.Select(-1, 1).Contiguous());

        static DenseMatrix Row(DenseMatrix matrix)
        {
            var (sign, logarithm) = MatrixFunctions.LogDeterminant(matrix);
            return DenseMatrix.Row([sign, logarithm]);
        }
    }

    /// <summary>Inverses.</summary>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    [Counterpart("inv")]
    public static Tensor Inv(Tensor input) =>
        MatrixBatch.One("inv", input, matrix => MatrixFunctions.Solve("inv", matrix, DenseMatrix.Identity(matrix.Rows)), isSquare: true);

    /// <summary>A⁻¹·B, or B·A⁻¹. A B of one dimension less is vectors.</summary>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    [Counterpart("solve")]
    public static Tensor Solve(Tensor A, Tensor B, bool left = true) =>
        Solved("solve", A, B, left, (matrix, right) => MatrixFunctions.Solve("solve", matrix, right));

    /// <summary>A⁻¹·B, or B·A⁻¹, of a triangular A.</summary>
    /// <param name="A">Square; one side of the diagonal is read.</param>
    /// <param name="B">What is solved for.</param>
    /// <param name="upper">Which side.</param>
    /// <param name="left">Whether A stands on the left.</param>
    /// <param name="unitriangular">Whether the diagonal counts as ones.</param>
    [Counterpart("solve_triangular")]
    public static Tensor SolveTriangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false) =>
        Solved("solve_triangular", A, B, left, (matrix, right) =>
        {
            var result = right.Clone();

            // From the right the transposed matrix is solved, whose sides are exchanged.
            Triangular.Solve(matrix, result, upper == left, unitriangular);
            return result;
        });

    /// <summary>L with A = L·Lᵀ; the lower half of A is read.</summary>
    /// <exception cref="InvalidOperationException">A matrix is not positive definite.</exception>
    [Counterpart("cholesky")]
    public static Tensor Cholesky(Tensor input) =>
        MatrixBatch.One("cholesky", input, matrix => MatrixFunctions.Cholesky("cholesky", matrix), isSquare: true);

    /// <summary>L with A = L·Lᵀ, and the order of the first leading minor that is not positive, or 0: Int32 [...].</summary>
    [Counterpart("cholesky_ex")]
    public static (Tensor L, Tensor info) CholeskyEx(Tensor input, bool check_errors = false)
    {
        var results = MatrixBatch.Map("cholesky_ex", input, Rooted, isSquare: true);
        return (results[0], Info("cholesky_ex", results[1], check_errors));

        static DenseMatrix[] Rooted(DenseMatrix matrix)
        {
            var (root, failed) = Triangular.Cholesky(matrix);
            return [root, DenseMatrix.Row([failed])];
        }
    }

    /// <summary>A = Q·R with orthogonal columns of Q and an upper triangular R.</summary>
    [Counterpart("qr")]
    public static (Tensor Q, Tensor R) Qr(Tensor input, QRMode mode = QRMode.Reduced)
    {
        var results = MatrixBatch.Map("qr", input, Decomposed);
        return mode == QRMode.R ? (Torch.Zeros([0], input.Dtype), results[1]) : (results[0], results[1]);

        DenseMatrix[] Decomposed(DenseMatrix matrix)
        {
            var count = mode == QRMode.Complete ? matrix.Rows : Math.Min(matrix.Rows, matrix.Columns);
            var qr = new QrDecomposition(matrix);
            return [qr.Q(mode == QRMode.R ? 0 : count), qr.R(count)];
        }
    }

    /// <summary>The first columns of products of reflections I − τ·v·vᵀ, whose vectors lie below the diagonal.</summary>
    [Counterpart("householder_product")]
    public static Tensor HouseholderProduct(Tensor A, Tensor tau) => MatrixBatch.Pairs(
        "householder_product", A, tau.Unsqueeze(-2), (factors, scales) => new QrDecomposition(factors, scales.Values).Q(factors.Columns));

    /// <summary>A = U·diag(S)·Vh, the singular values from the largest on.</summary>
    /// <param name="input">[..., rows, columns].</param>
    /// <param name="fullMatrices">Whether U and Vh are square; else they have as many columns and rows as the shorter side.</param>
    [Counterpart("svd")]
    public static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor input, bool fullMatrices = true)
    {
        var results = MatrixBatch.Map("svd", input, Decomposed);
        return (results[0], results[1].Squeeze(-2), results[2]);

        DenseMatrix[] Decomposed(DenseMatrix matrix)
        {
            var (u, values, v) = JacobiRotations.Singular(matrix);
            return fullMatrices
                ? [JacobiRotations.Orthonormal(u, matrix.Rows), DenseMatrix.Row(values), JacobiRotations.Orthonormal(v, matrix.Columns).Transposed()]
                : [u, DenseMatrix.Row(values), v.Transposed()];
        }
    }

    /// <summary>Singular values from the largest on: [..., the shorter side].</summary>
    [Counterpart("svdvals")]
    public static Tensor Svdvals(Tensor input) =>
        MatrixBatch.One("svdvals", input, matrix => DenseMatrix.Row(JacobiRotations.Singular(matrix).Values)).Squeeze(-2);

    /// <summary>A = V·diag(λ)·Vᵀ of symmetric matrices, the eigenvalues from the smallest on.</summary>
    /// <param name="input">[..., n, n]; one half is read.</param>
    /// <param name="UPLO">L for the lower half, U for the upper.</param>
    [Counterpart("eigh")]
    public static (Tensor L, Tensor V) Eigh(Tensor input, char UPLO = 'L')
    {
        var results = MatrixBatch.Map("eigh", input, Decomposed, isSquare: true);
        return (results[0].Squeeze(-2), results[1]);

        DenseMatrix[] Decomposed(DenseMatrix matrix)
        {
            var (values, vectors) = JacobiRotations.Symmetric(char.ToUpperInvariant(UPLO) == 'U' ? matrix.Transposed() : matrix);
            return [DenseMatrix.Row(values), vectors];
        }
    }

    /// <summary>Eigenvalues of symmetric matrices, from the smallest on: [..., n].</summary>
    [Counterpart("eigvalsh")]
    public static Tensor Eigvalsh(Tensor input, char UPLO = 'L') => Eigh(input, UPLO).L;

    /// <summary>A = P·L·U. Without pivoting nothing would be stable; it is not known here.</summary>
    /// <exception cref="ArgumentException"><paramref name="pivot"/> is false.</exception>
    [Counterpart("lu")]
    public static (Tensor P, Tensor L, Tensor U) Lu(Tensor input, bool pivot = true)
    {
        RequirePivots(pivot);
        var results = MatrixBatch.Map("lu", input, Decomposed);
        return (results[0], results[1], results[2]);

        static DenseMatrix[] Decomposed(DenseMatrix matrix)
        {
            var lu = new LuDecomposition(matrix);
            var count = Math.Min(matrix.Rows, matrix.Columns);
            var lower = lu.Factors.Corner(matrix.Rows, count).Triangle(upper: false);
            for (var i = 0; i < count; i++)
            {
                lower[i, i] = 1;
            }

            return [lu.Permutation(), lower, lu.Factors.Corner(count, matrix.Columns).Triangle(upper: true)];
        }
    }

    /// <summary>L below the diagonal and U on and above it, and the rows, counted from 1, that each step swapped with its own: Int32.</summary>
    /// <exception cref="ArgumentException"><paramref name="pivot"/> is false.</exception>
    [Counterpart("lu_factor")]
    public static (Tensor LU, Tensor Pivots) LuFactor(Tensor input, bool pivot = true)
    {
        RequirePivots(pivot);
        var results = MatrixBatch.Map("lu_factor", input, Decomposed);
        return (results[0], results[1].Squeeze(-2).ToType(DType.Int32));

        static DenseMatrix[] Decomposed(DenseMatrix matrix)
        {
            var lu = new LuDecomposition(matrix);
            return [lu.Factors, DenseMatrix.Row([.. lu.Pivots.Select(row => row + 1.0)])];
        }
    }

    /// <summary>The inverse of Moore and Penrose.</summary>
    /// <param name="input">[..., rows, columns].</param>
    /// <param name="atol">Singular values up to this count as zero.</param>
    /// <param name="rtol">
    /// So do those up to this part of the largest; by default the longer side times the precision, or 0 beside <paramref name="atol"/>.
    /// </param>
    /// <param name="hermitian">Whether the matrices are symmetric; of no effect on the result.</param>
    [Counterpart("pinv")]
    public static Tensor Pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false)
    {
        var relative = rtol ?? DefaultTolerance(input, atol);
        return MatrixBatch.One("pinv", input, matrix => MatrixFunctions.PseudoInverse(matrix, atol ?? 0, relative));
    }

    /// <summary>How many singular values count; the limits are those of <see cref="Pinv"/>: Int64 [...].</summary>
    [Counterpart("matrix_rank")]
    public static Tensor MatrixRank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false)
    {
        var relative = rtol ?? DefaultTolerance(input, atol);
        return MatrixBatch.Number("matrix_rank", input, matrix => MatrixFunctions.Rank(matrix, atol ?? 0, relative)).ToType(DType.Int64);
    }

    /// <summary>e to the power of square matrices.</summary>
    [Counterpart("matrix_exp")]
    public static Tensor MatrixExp(Tensor input) => MatrixBatch.One("matrix_exp", input, MatrixFunctions.Exponential, isSquare: true);

    /// <summary>
    /// The X for which |A·X − B|² is least, with the least X where there are several; nothing; the rank of A; and nothing, as TorchSharp gives.
    /// </summary>
    /// <param name="input">A, [..., rows, columns].</param>
    /// <param name="other">B, [..., rows, right sides].</param>
    [Counterpart("lstsq")]
    public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) Lstsq(Tensor input, Tensor other) =>
        (Pinv(input).Matmul(other), Torch.Zeros([0], input.Dtype), MatrixRank(input), Torch.Zeros([0], input.Dtype));

    /// <summary>Norms of matrices: <c>fro</c>, the root of the sum of squares, or <c>nuc</c>, the sum of the singular values.</summary>
    /// <exception cref="ArgumentException">The norm is another one.</exception>
    [Counterpart("matrix_norm")]
    public static Tensor MatrixNorm(Tensor input, string ord = "fro", ReadOnlySpan<long> dims = default, bool keepdim = false) => ord switch
    {
        "fro" => input.NormOver(dims.IsEmpty ? [-2, -1] : dims, 2, keepdim),
        "nuc" => NormOf(input, dims, keepdim, MatrixFunctions.NuclearNorm),
        _ => throw new ArgumentException($"matrix_norm: '{ord}' is no norm of matrices; 'fro' and 'nuc' are."),
    };

    /// <summary>Norms of matrices: the largest sum of a column (1) or a row (∞), the largest singular value (2), or the smallest (negative).</summary>
    /// <exception cref="ArgumentException">The order is another one.</exception>
    [Counterpart("matrix_norm")]
    public static Tensor MatrixNorm(Tensor input, double ord, ReadOnlySpan<long> dims = default, bool keepdim = false) =>
        NormOf(input, dims, keepdim, matrix => MatrixFunctions.Norm(matrix, ord));

    /// <summary>A norm by name of matrices, over two dimensions.</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, string ord, ReadOnlySpan<long> dims = default, bool keepdim = false) => MatrixNorm(input, ord, dims, keepdim);

    /// <summary>A norm over one dimension of vectors, over two of matrices; over all of a tensor of that many.</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, double ord, ReadOnlySpan<long> dims = default, bool keepdim = false) =>
        (dims.IsEmpty ? input.Rank : dims.Length) == 2 ? MatrixNorm(input, ord, dims, keepdim) : VectorNorm(input, ord, dims, keepdim);

    /// <summary>A norm over one dimension of vectors, over two of matrices; over all of a tensor of that many.</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, int ord, ReadOnlySpan<long> dims = default, bool keepdim = false) => Norm(input, (double)ord, dims, keepdim);

    /// <summary>The largest singular value over the smallest: [...].</summary>
    [Counterpart("cond")]
    public static Tensor Cond(Tensor input) => MatrixBatch.Number("cond", input, matrix => MatrixFunctions.Norm(matrix, 2) / MatrixFunctions.Norm(matrix, -2));

    /// <summary>The norm of a matrix times that of its inverse: [...].</summary>
    [Counterpart("cond")]
    public static Tensor Cond(Tensor input, double p) => p switch
    {
        2 => Cond(input),
        -2 => Cond(input).Reciprocal(),
        _ => MatrixNorm(input, p).Mul(MatrixNorm(Inv(input), p)),
    };

    /// <summary>The norm of a matrix times that of its inverse: [...].</summary>
    [Counterpart("cond")]
    public static Tensor Cond(Tensor input, int p) => Cond(input, (double)p);

    /// <summary>The norm of a matrix times that of its inverse: [...].</summary>
    [Counterpart("cond")]
    public static Tensor Cond(Tensor input, string p) => MatrixNorm(input, p).Mul(MatrixNorm(Inv(input), p));

    internal static Tensor CholeskySolve(Tensor right, Tensor root, bool upper) => MatrixBatch.Pairs("cholesky_solve", root, right, (factor, b) =>
    {
        var lower = upper ? factor.Transposed() : factor;
        var result = b.Clone();
        Triangular.Solve(lower, result, upper: false, unit: false);
        Triangular.Solve(lower.Transposed(), result, upper: true, unit: false);
        return result;
    });

    internal static Tensor MatrixPower(Tensor input, int exponent) =>
        MatrixBatch.One("matrix_power", input, matrix => MatrixFunctions.Power(matrix, exponent), isSquare: true);

    private static Tensor NormOf(Tensor input, ReadOnlySpan<long> dims, bool keepdim, Func<DenseMatrix, double> norm)
    {
        var (row, column) = dims.Length switch
        {
            0 => (input.Dimension(-2), input.Dimension(-1)),
            2 => (input.Dimension(dims[0]), input.Dimension(dims[1])),
            _ => throw new ArgumentException($"A norm of matrices goes over two dimensions, not {Layout.Describe(dims)}."),
        };
        var result = MatrixBatch.Number("matrix_norm", input.Movedim([row, column], [-2, -1]), norm);
        return keepdim ? result.Unsqueeze(Math.Min(row, column)).Unsqueeze(Math.Max(row, column)) : result;
    }

    private static Tensor Solved(string name, Tensor a, Tensor b, bool left, Func<DenseMatrix, DenseMatrix, DenseMatrix> solve)
    {
        if (a.Rank < 2 || a.Shape[^1] != a.Shape[^2])
        {
            throw new ArgumentException($"{name} takes square matrices [..., n, n], not {Layout.Describe(a.Shape)}.");
        }

        // Vectors: one dimension, or the batch of A and one dimension.
        if (b.Rank == 1 || (b.Rank == a.Rank - 1 && b.Shape.SequenceEqual(a.Shape[..^1])))
        {
            return Solved(name, a, b.Unsqueeze(-1), left, solve).Squeeze(-1);
        }

        var (matrix, right) = left ? (a, b) : (a.Transpose(-2, -1), b.Transpose(-2, -1));
        if (right.Shape[^2] != a.Shape[^1])
        {
            throw new ArgumentException($"{name}: {Layout.Describe(a.Shape)} and {Layout.Describe(b.Shape)} do not fit.");
        }

        var result = MatrixBatch.Pairs(name, matrix, right, solve);
        return left ? result : result.Transpose(-2, -1).Contiguous();
    }

    private static Tensor Info(string name, Tensor info, bool mustBeZero)
    {
        var result = info.Squeeze(-2).Squeeze(-1).ToType(DType.Int32);
        return !mustBeZero || !result.Ne(0).Any().ToBoolean()
            ? result
            : throw new InvalidOperationException($"{name}: a matrix has no such decomposition.");
    }

    private static double DefaultTolerance(Tensor input, double? absolute) => absolute > 0
        ? 0
        : Math.Max(input.Shape[^1], input.Shape[^2]) * (input.Dtype == DType.Float32 ? Math.Pow(2, -23) : Math.Pow(2, -52));

    private static void RequirePivots(bool pivot)
    {
        if (!pivot)
        {
            throw new ArgumentException("A decomposition without pivots is not known.");
        }
    }
}
