using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class MatrixParityTests
{
    private static readonly long[][] Square = [[1, 1], [3, 3], [2, 5, 5], [2, 3, 4, 4], [0, 3, 3]];
    private static readonly long[][] Any = [[3, 3], [5, 2], [2, 5], [2, 4, 3], [3, 2, 6]];

    [Theory]
    [InlineData("det")]
    [InlineData("inverse")]
    [InlineData("logdet")]
    [InlineData("matrix_exp")]
    [InlineData("pinverse")]
    [InlineData("linalg.det")]
    [InlineData("linalg.inv")]
    [InlineData("linalg.slogdet")]
    [InlineData("linalg.pinv")]
    [InlineData("linalg.lu")]
    [InlineData("linalg.lu_factor")]
    [InlineData("linalg.matrix_rank")]
    [InlineData("linalg.cond")]
    public void Square_matrices_agree(string name)
    {
        foreach (var shape in Square.Where(shape => shape[0] > 0 || name is "det" or "inverse" or "linalg.inv"))
        {
            var pair = Pair.Floats(shape, seed: 3);
            BothSides.Same(name, 2e-4, 2e-4, pair);
            BothSides.Same(name, 1e-10, 1e-10, pair.Map(t => t.to(torch.float64), t => t.Double()));
        }
    }

    [Theory]
    [InlineData("linalg.qr")]
    [InlineData("linalg.pinv")]
    [InlineData("linalg.svdvals")]
    [InlineData("linalg.matrix_norm")]
    [InlineData("linalg.lu")]
    [InlineData("linalg.matrix_rank")]
    [InlineData("linalg.cond")]
    public void Matrices_agree(string name)
    {
        foreach (var shape in Any)
        {
            var pair = Pair.Floats(shape, seed: 4);
            BothSides.Same(name, 2e-4, 2e-5, pair);
            BothSides.Same(name, 1e-10, 1e-10, pair.Map(t => t.to(torch.float64), t => t.Double()));
        }
    }

    [Theory]
    [InlineData("cholesky")]
    [InlineData("linalg.cholesky")]
    [InlineData("linalg.cholesky_ex")]
    [InlineData("linalg.eigvalsh")]
    [InlineData("logdet")]
    public void Positive_definite_matrices_agree(string name)
    {
        foreach (var shape in Square.Where(shape => shape[0] > 0))
        {
            var pair = Definite(shape);
            BothSides.Same(name, 2e-4, 2e-5, pair);
            BothSides.Same(name, 1e-10, 1e-10, pair.Map(t => t.to(torch.float64), t => t.Double()));
        }
    }

    [Fact]
    public void Solutions_agree()
    {
        foreach (var (a, b) in new (long[], long[])[] { ([3, 3], [3, 2]), ([2, 4, 4], [2, 4, 3]), ([4, 4], [4]), ([2, 4, 4], [2, 4]), ([3, 1, 4, 4], [5, 4, 2]) })
        {
            var (left, right) = (Pair.Floats(a, seed: 5), Pair.Floats(b, seed: 6));
            BothSides.Same("linalg.solve", 1e-3, 1e-4, left, right);
            if (b.Length > 1 && b.Length >= a.Length)
            {
                BothSides.Same("linalg.solve", 1e-3, 1e-4, left, right.Map(t => t.transpose(-1, -2), t => t.Transpose(-1, -2)), false);
                foreach (var upper in new[] { true, false })
                {
                    BothSides.Same("linalg.solve_triangular", 1e-3, 1e-3, left, right, upper);
                    BothSides.Same("linalg.solve_triangular", 1e-3, 1e-3, left, right, upper, true, true);
                    BothSides.Same(
                        "linalg.solve_triangular", 1e-3, 1e-3, left, right.Map(t => t.transpose(-1, -2), t => t.Transpose(-1, -2)), upper, false);
                }
            }
        }

        var root = Definite([4, 4]).Map(torch.linalg.cholesky, t => t.Cholesky());
        BothSides.Same("cholesky_solve", 1e-3, 1e-4, Pair.Floats([4, 3]), root);
        BothSides.Same("cholesky_inverse", 1e-3, 1e-4, root);
        BothSides.Same("linalg.lstsq", 1e-3, 1e-4, Pair.Floats([6, 3], seed: 7), Pair.Floats([6, 2], seed: 8));
        BothSides.Same("linalg.lstsq", 1e-3, 1e-4, Pair.Floats([2, 4, 4], seed: 7), Pair.Floats([2, 4, 2], seed: 8));
    }

    [Fact]
    public void What_singular_values_and_vectors_make_is_the_matrix()
    {
        foreach (var shape in Any.Append([4, 4]))
        {
            var matrix = Pair.Floats(shape, seed: 9).Ours.Double();
            foreach (var full in new[] { true, false })
            {
                var (u, s, vh) = Linalg.Svd(matrix, full);
                var (theirU, theirS, theirVh) = torch.linalg.svd(Pair.Floats(shape, seed: 9).Theirs.to(torch.float64), full);
                Assert.Equal(theirU.shape, u.Shape.ToArray());
                Assert.Equal(theirVh.shape, vh.Shape.ToArray());
                Compare.Same(theirS, s, 1e-12);
                var count = s.Shape[^1];
                Near(matrix, u.Narrow(-1, 0, count).Mul(s.Unsqueeze(-2)).Matmul(vh.Narrow(-2, 0, count)));
                Near(Torch.Eye(u.Shape[^1], dtype: DType.Float64).Expand(u.Transpose(-2, -1).Matmul(u).Shape), u.Transpose(-2, -1).Matmul(u));
                Near(Torch.Eye(vh.Shape[^2], dtype: DType.Float64).Expand(vh.Matmul(vh.Transpose(-2, -1)).Shape), vh.Matmul(vh.Transpose(-2, -1)));
            }
        }
    }

    [Fact]
    public void Matrices_without_full_rank_have_orthogonal_singular_vectors()
    {
        var matrix = Torch.Ones(4, 3, DType.Float64);
        var (u, s, vh) = Linalg.Svd(matrix);
        Near(Torch.Eye(4, dtype: DType.Float64), u.T.Matmul(u));
        Near(Torch.Tensor(new[] { Math.Sqrt(12), 0, 0 }), s);
        Near(matrix, u.Narrow(1, 0, 3).Mul(s).Matmul(vh));
        Near(Torch.Zeros(3, DType.Float64), Linalg.Svdvals(Torch.Zeros(3, 3, DType.Float64)));
        Assert.Equal(1, Linalg.MatrixRank(matrix).Item<long>());
    }

    [Fact]
    public void What_eigenvalues_and_vectors_make_is_the_matrix()
    {
        var matrix = Pair.Floats([2, 5, 5], seed: 10).Ours.Double();
        var symmetric = matrix.Add(matrix.Transpose(-2, -1));
        var (values, vectors) = Linalg.Eigh(symmetric);
        Near(symmetric, vectors.Mul(values.Unsqueeze(-2)).Matmul(vectors.Transpose(-2, -1)));
        Compare.Same(torch.linalg.eigvalsh(Pair.Floats([2, 5, 5], seed: 10).Theirs.to(torch.float64), 'U'), Linalg.Eigvalsh(matrix, 'U'), 1e-12, 1e-12);
    }

    [Fact]
    public void Powers_norms_and_reflections_agree()
    {
        var pair = Pair.Floats([2, 3, 3], seed: 11);
        foreach (var exponent in new[] { 0, 1, 2, 5, -1, -3 })
        {
            BothSides.Same("matrix_power", 1e-3, 1e-3, pair, exponent);
        }

        foreach (var order in new[] { 1, -1, 2, -2, double.PositiveInfinity, double.NegativeInfinity })
        {
            BothSides.Same("linalg.matrix_norm", 1e-5, 1e-5, pair, order);
            BothSides.Same("linalg.matrix_norm", 1e-5, 1e-5, pair, order, new long[] { 0, 2 }, true);
            BothSides.Same("linalg.cond", 1e-3, 1e-3, pair, order);
        }

        foreach (var order in new[] { "fro", "nuc" })
        {
            BothSides.Same("linalg.matrix_norm", 1e-5, 1e-5, pair, order, new long[] { 1, 2 });
            BothSides.Same("linalg.cond", 1e-3, 1e-3, pair, order);
        }

        BothSides.Same("linalg.qr", 1e-4, 1e-4, Pair.Floats([5, 3], seed: 2), torch.linalg.QRMode.Complete);
        BothSides.Same("linalg.qr", 1e-4, 1e-4, Pair.Floats([5, 3], seed: 2), torch.linalg.QRMode.R);
        BothSides.Same("linalg.householder_product", 1e-4, 1e-4, Pair.Floats([5, 3], seed: 2, scale: 0.3), Pair.Floats([3], seed: 3, scale: 0.3));
    }

    [Fact]
    public void Statistics_agree()
    {
        foreach (var pair in new[] { Pair.Floats([3, 8], seed: 1), Pair.Floats([9], seed: 2) })
        {
            BothSides.Same("cov", 1e-5, 1e-5, pair);
            BothSides.Same("cov", 1e-5, 1e-5, pair, 0L);
            BothSides.Same("corrcoef", 1e-5, 1e-5, pair);
        }

        var counts = Pair.Of([4], new long[] { 1, 2, 3, 1 });
        var weights = Pair.Of([4], new[] { 0.5f, 0.25f, 1f, 2f });
        BothSides.Same("cov", 1e-5, 1e-5, Pair.Floats([3, 4], seed: 1), 1L, counts);
        BothSides.Same("cov", 1e-5, 1e-5, Pair.Floats([3, 4], seed: 1), 1L, counts, weights);
        BothSides.Same("vander", 1e-5, 1e-5, Pair.Floats([4], seed: 1));
        BothSides.Same("vander", 1e-5, 1e-5, Pair.Floats([4], seed: 1), 3L, true);
    }

    [Fact]
    public void What_has_no_decomposition_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Linalg.Inv(Torch.Zeros(3, 3)));
        Assert.Throws<InvalidOperationException>(() => Linalg.Solve(Torch.Ones(3, 3), Torch.Ones(3, 1)));
        Assert.Throws<InvalidOperationException>(() => Linalg.Cholesky(Torch.Eye(2).Neg()));
        Assert.Throws<InvalidOperationException>(() => Linalg.Eigh(Torch.Full([2, 2], float.NaN)));
        Assert.Throws<ArgumentException>(() => Linalg.Det(Torch.Zeros(3, 2)));
        Assert.Throws<InvalidOperationException>(() => Linalg.Det(Torch.Zeros(3, 3, DType.Int64)));
        Assert.Throws<ArgumentException>(() => Linalg.Lu(Torch.Eye(3), pivot: false));
        Assert.Throws<ArgumentException>(() => Linalg.MatrixNorm(Torch.Eye(3), 3));
    }

    // The same numbers on both sides: a product in single precision would differ.
    private static Pair Definite(long[] shape)
    {
        var factor = Pair.Floats(shape, seed: 12).Theirs.to(torch.float64);
        var matrix = factor.matmul(factor.transpose(-1, -2)) + torch.eye(shape[^1], dtype: torch.float64);
        return Pair.Of(shape, matrix.to(torch.float32).data<float>().ToArray());
    }

    private static void Near(Tensor expected, Tensor found) =>
        Compare.Close(
            Array.ConvertAll(expected.Contiguous().ToArray<double>(), x => (float)x), Array.ConvertAll(found.Contiguous().ToArray<double>(), x => (float)x), 0, 1e-6);
}
