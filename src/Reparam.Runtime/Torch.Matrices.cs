namespace Reparam.Runtime;

/// <content>Decompositions, inverses and statistics of matrices.</content>
public static partial class Torch
{
    /// <summary>Determinants: [...].</summary>
    [Counterpart("det")]
    public static Tensor Det(Tensor input) => Linalg.Det(input);

    /// <summary>Logarithms of determinants; not a number where one is negative: [...].</summary>
    [Counterpart("logdet")]
    public static Tensor Logdet(Tensor input) => input.Logdet();

    /// <summary>Signs of the determinants, and logarithms of their magnitudes: [...] each.</summary>
    [Counterpart("slogdet")]
    public static (Tensor res, Tensor logabsdet) Slogdet(Tensor A) => Linalg.Slogdet(A);

    /// <summary>Inverses.</summary>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    [Counterpart("inverse")]
    public static Tensor Inverse(Tensor input) => Linalg.Inv(input);

    /// <summary>The inverse of Moore and Penrose: singular values up to a part of the largest count as zero.</summary>
    [Counterpart("pinverse")]
    public static Tensor Pinverse(Tensor input, double rcond = 1e-15, bool hermitian = false) => Linalg.Pinv(input, 0, rcond, hermitian);

    /// <summary>A whole power of square matrices.</summary>
    [Counterpart("matrix_power")]
    public static Tensor MatrixPower(Tensor input, int n) => Linalg.MatrixPower(input, n);

    /// <summary>e to the power of square matrices.</summary>
    [Counterpart("matrix_exp")]
    public static Tensor MatrixExp(Tensor input) => Linalg.MatrixExp(input);

    /// <summary>The root of positive definite matrices, L·Lᵀ.</summary>
    [Counterpart("cholesky")]
    public static Tensor Cholesky(Tensor input) => Linalg.Cholesky(input);

    /// <summary>The root of positive definite matrices, L·Lᵀ, or Uᵀ·U.</summary>
    [Counterpart("cholesky")]
    public static Tensor Cholesky(Tensor input, bool upper) => input.Cholesky(upper);

    /// <summary>The inverse of a matrix whose root is given.</summary>
    [Counterpart("cholesky_inverse")]
    public static Tensor CholeskyInverse(Tensor input, bool upper = false) => input.CholeskyInverse(upper);

    /// <summary>A⁻¹·B of an A whose root is given.</summary>
    [Counterpart("cholesky_solve")]
    public static Tensor CholeskySolve(Tensor input, Tensor input2, bool upper = false) => Linalg.CholeskySolve(input, input2, upper);

    /// <summary>Covariances of rows, which are variables: [variables, variables].</summary>
    /// <param name="input">[variables, observations], or one variable.</param>
    /// <param name="correction">What is taken off the number of observations.</param>
    /// <param name="fweights">How often each observation counts; or null.</param>
    /// <param name="aweights">The weight of each observation; or null.</param>
    [Counterpart("cov")]
    public static Tensor Cov(Tensor input, long correction = 1, Tensor? fweights = null, Tensor? aweights = null) =>
        input.Cov(correction, fweights, aweights);

    /// <summary>Correlations of rows, which are variables: [variables, variables].</summary>
    [Counterpart("corrcoef")]
    public static Tensor Corrcoef(Tensor input) => input.Corrcoef();

    /// <summary>The powers of each element: [elements, count], from the highest on unless they increase.</summary>
    [Counterpart("vander")]
    public static Tensor Vander(Tensor x, long N = -1, bool increasing = false) => x.Vander(N, increasing);

    /// <summary>Product of several matrices, from left to right.</summary>
    [Counterpart("chain_matmul")]
    public static Tensor ChainMatmul(params Tensor[] matrices) => matrices.Length == 1 ? matrices[0].Alias() : Linalg.MultiDot(matrices);
}
