using Reparam.Compression.Numerics;

namespace Reparam.Compression.Tests.Numerics;

/// <summary>QR, singular values and eigenvalues: identities in double precision, on matrices that break weaker methods.</summary>
public class Factorization_Tests
{
    // Rounding grows with the number of rotations that a column goes through.
    private static double Tolerance(int rows, int columns) => 1e-14 + 5e-16 * (rows + columns);

    public static TheoryData<string> Names => [.. Matrices.Ugly().Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Q_is_orthonormal_and_R_is_upper_triangular_with_a_positive_diagonal(string name)
    {
        var (_, a, rows, columns) = Matrices.Ugly().Single(item => item.Name == name);
        var found = QrFactorization.Of(a, rows, columns);
        var (q, r) = (found.Q.ToArray(), found.R.ToArray());

        Assert.InRange(Matrices.Skewness(q, rows, found.Rank), 0, Tolerance(rows, columns));
        Assert.InRange(Matrices.Distance(Matrices.Product(q, r, rows, found.Rank, columns), a), 0, Tolerance(rows, columns));
        for (var i = 0; i < found.Rank; i++)
        {
            Assert.True(r[i * columns + i] >= 0);
            Assert.All(r[(i * columns)..(i * columns + i)], below => Assert.Equal(0, below));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Singular_vectors_are_orthonormal_and_multiply_out_to_the_matrix(string name)
    {
        var (_, a, rows, columns) = Matrices.Ugly().Single(item => item.Name == name);
        var found = SingularValues.Of(a, rows, columns);
        var (u, values, v) = (found.U.ToArray(), found.Values.ToArray(), found.V.ToArray());

        Assert.Equal(Math.Min(rows, columns), found.Count);
        Assert.InRange(Matrices.Skewness(u, rows, found.Count), 0, Tolerance(rows, columns));
        Assert.InRange(Matrices.Skewness(v, columns, found.Count), 0, Tolerance(rows, columns));
        Assert.Equal(values.OrderDescending(), values);
        Assert.All(values, value => Assert.True(value >= 0 && double.IsFinite(value)));
        var scaled = u.Select((x, i) => x * values[i % found.Count]).ToArray();
        Assert.InRange(Matrices.Distance(Matrices.Product(scaled, Matrices.Transposed(v, columns, found.Count), rows, found.Count, columns), a), 0, Tolerance(rows, columns));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Eigenvectors_are_orthonormal_and_multiply_out_to_the_matrix(string name)
    {
        // [0, A; Aᵀ, 0] has every singular value of A twice, with both signs, and zeros: indefinite and repeated.
        var (_, a, rows, columns) = Matrices.Ugly().Single(item => item.Name == name);
        var n = rows + columns;
        var symmetric = new double[n * n];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                symmetric[i * n + rows + j] = symmetric[(rows + j) * n + i] = a[i * columns + j];
            }
        }

        var found = SymmetricEigen.Of(symmetric, n);
        var (values, vectors) = (found.Values.ToArray(), found.Vectors.ToArray());
        Assert.InRange(Matrices.Skewness(vectors, n, n), 0, Tolerance(rows, columns));
        Assert.Equal(values.OrderDescending(), values);
        var scaled = vectors.Select((x, i) => x * values[i % n]).ToArray();
        Assert.InRange(Matrices.Distance(Matrices.Product(scaled, Matrices.Transposed(vectors, n, n), n, n, n), symmetric), 0, Tolerance(rows, columns));

        var singular = SingularValues.Of(a, rows, columns).Values.ToArray();
        Assert.All(singular.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-14 * Math.Max(singular[0], double.Epsilon) * n));
    }

    [Fact]
    public void Small_singular_values_keep_their_digits()
    {
        // Orthogonal columns of lengths 1, 1e-30, 1e-60 …, which a method that forms AᵀA would lose.
        var q = QrFactorization.Of(Matrices.Random(12, 5, 3), 12, 5).Q.ToArray();
        var lengths = Enumerable.Range(0, 5).Select(k => Math.Pow(10, -30 * k)).ToArray();
        var found = SingularValues.Of(q.Select((x, i) => x * lengths[i % 5]).ToArray(), 12, 5).Values.ToArray();

        Assert.All(found.Zip(lengths), pair => Assert.Equal(1, pair.First / pair.Second, 1e-13));
    }

    [Theory]
    [InlineData(120, 90)]
    [InlineData(90, 150)]
    public void Threads_do_not_change_a_bit(int rows, int columns)
    {
        var a = Matrices.Random(rows, columns, 1);
        var symmetric = Matrices.Product(a, Matrices.Transposed(a, rows, columns), rows, columns, rows);
        var (svd, qr, eigen) = (SingularValues.Of(a, rows, columns, threads: 1), QrFactorization.Of(a, rows, columns, threads: 1), SymmetricEigen.Of(symmetric, rows, threads: 1));
        foreach (var threads in (int[])[0, 2, 3, 8])
        {
            var other = SingularValues.Of(a, rows, columns, threads);
            Assert.Equal(svd.U.ToArray(), other.U.ToArray());
            Assert.Equal(svd.Values.ToArray(), other.Values.ToArray());
            Assert.Equal(svd.V.ToArray(), other.V.ToArray());
            Assert.Equal(qr.Q.ToArray(), QrFactorization.Of(a, rows, columns, threads).Q.ToArray());
            Assert.Equal(qr.R.ToArray(), QrFactorization.Of(a, rows, columns, threads).R.ToArray());
            Assert.Equal(eigen.Vectors.ToArray(), SymmetricEigen.Of(symmetric, rows, threads).Vectors.ToArray());
        }
    }

    [Fact]
    public void Floats_are_decomposed_as_the_doubles_that_they_are()
    {
        var floats = Matrices.Random(9, 6, 2).Select(x => (float)x).ToArray();
        var doubles = floats.Select(x => (double)x).ToArray();

        Assert.Equal(SingularValues.Of(doubles, 9, 6).U.ToArray(), SingularValues.Of(floats, 9, 6).U.ToArray());
        Assert.Equal(QrFactorization.Of(doubles, 9, 6).R.ToArray(), QrFactorization.Of(floats, 9, 6).R.ToArray());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_not_finite_is_refused_by_its_place(double value)
    {
        var a = Matrices.Random(4, 4, 1);
        a[6] = value;

        foreach (var decompose in (Action[])[() => SingularValues.Of(a, 4, 4), () => QrFactorization.Of(a, 4, 4), () => SymmetricEigen.Of(a, 4)])
        {
            Assert.Contains("in row 1, column 2; every element must be finite", Assert.Throws<ArgumentException>(decompose).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sizes_and_symmetry_are_checked()
    {
        var a = Matrices.Random(4, 4, 1);

        Assert.Contains("16 elements; expected 5 × 4", Assert.Throws<ArgumentException>(() => SingularValues.Of(a, 5, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("16 elements; expected 3 × 9", Assert.Throws<ArgumentException>(() => SingularValues.Of(a, 3, 9)).Message, StringComparison.Ordinal);
        Assert.Contains("expected a symmetric one", Assert.Throws<ArgumentException>(() => SymmetricEigen.Of(a, 4)).Message, StringComparison.Ordinal);
    }
}
