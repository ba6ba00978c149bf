namespace Reparam.Runtime;

/// <content>Decompositions, inverses and statistics of matrices.</content>
public partial class Tensor
{
    /// <summary>Determinants: [...].</summary>
    [Counterpart("det")]
    public Tensor Det() => Linalg.Det(this);

    /// <summary>Logarithms of determinants; not a number where one is negative: [...].</summary>
    [Counterpart("logdet")]
    public Tensor Logdet()
    {
        var (sign, logarithm) = Linalg.Slogdet(this);
        return logarithm.MaskedFill(sign.Lt(0), double.NaN);
    }

    /// <summary>Inverses.</summary>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    [Counterpart("inverse")]
    public Tensor Inverse() => Linalg.Inv(this);

    /// <summary>The inverse of Moore and Penrose: singular values up to a part of the largest count as zero.</summary>
    [Counterpart("pinverse")]
    public Tensor Pinverse(double rcond = 1e-15, bool hermitian = false) => Linalg.Pinv(this, 0, rcond, hermitian);

    /// <summary>A whole power of square matrices.</summary>
    [Counterpart("matrix_power")]
    public Tensor MatrixPower(int n) => Linalg.MatrixPower(this, n);

    /// <summary>e to the power of square matrices.</summary>
    [Counterpart("matrix_exp")]
    public Tensor MatrixExp() => Linalg.MatrixExp(this);

    /// <summary>The root of positive definite matrices, L·Lᵀ, or Uᵀ·U.</summary>
    /// <exception cref="InvalidOperationException">A matrix is not positive definite.</exception>
    [Counterpart("cholesky")]
    public Tensor Cholesky(bool upper = false) =>
        upper ? Linalg.Cholesky(Transpose(-2, -1)).Transpose(-2, -1).Contiguous() : Linalg.Cholesky(this);

    /// <summary>The inverse of a matrix whose root is given.</summary>
    [Counterpart("cholesky_inverse")]
    public Tensor CholeskyInverse(bool upper = false) => Linalg.CholeskySolve(Torch.Eye(Shape[^1], dtype: Dtype), this, upper);

    /// <summary>A⁻¹·B of an A whose root is given; this tensor is B.</summary>
    [Counterpart("cholesky_solve")]
    public Tensor CholeskySolve(Tensor input2, bool upper = false) => Linalg.CholeskySolve(this, input2, upper);

    /// <summary>Covariances of rows, which are variables: [variables, variables].</summary>
    /// <param name="correction">What is taken off the number of observations.</param>
    /// <param name="fweights">How often each observation counts; or null.</param>
    /// <param name="aweights">The weight of each observation; or null.</param>
    [Counterpart("cov")]
    public Tensor Cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null)
    {
        if (Rank > 2)
        {
            throw new ArgumentException($"cov takes at most two dimensions, not {Layout.Describe(Shape)}.");
        }

        var rows = IsFloatingPoint() ? this : ToType(DType.Float32);
        rows = Rank == 2 ? rows : rows.Reshape(1, -1);
        var weights = fweights is not null && aweights is not null ? fweights.Mul(aweights) : fweights ?? aweights;
        var counted = weights?.ToType(rows.Dtype) ?? Torch.Ones(rows.Shape[1], rows.Dtype);
        var total = counted.Sum();
        var centred = rows.Sub(rows.Mul(counted).Sum(-1, keepdim: true).Div(total));

        // Weights make the correction smaller than the number of observations: reliability takes its place.
        var taken = aweights is null || correction == 0
            ? Torch.Tensor((double)correction).ToType(rows.Dtype)
            : counted.Mul(aweights).Sum().Div(total).Mul(correction);
        return centred.Mul(counted).Matmul(centred.T).Div(total.Sub(taken).ClampMin(0)).Squeeze();
    }

    /// <summary>Correlations of rows, which are variables: [variables, variables].</summary>
    [Counterpart("corrcoef")]
    public Tensor Corrcoef()
    {
        var covariances = Cov();
        if (covariances.Rank == 0)
        {
            return covariances.Div(covariances);
        }

        var deviations = covariances.Diagonal().Sqrt();
        return covariances.Div(deviations.Unsqueeze(-1)).Div(deviations).Clamp(-1, 1);
    }

    /// <summary>The powers of each element: [elements, count], from the highest on unless they increase.</summary>
    [Counterpart("vander")]
    public Tensor Vander(long N = -1, bool increasing = false)
    {
        var powers = Linalg.Vander(this, N == -1 ? Shape[0] : N);
        return increasing ? powers : powers.Flip([-1]);
    }
}
