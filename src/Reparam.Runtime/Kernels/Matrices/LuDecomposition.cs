namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>P·A = L·U by Gaussian elimination with partial pivoting (Golub and Van Loan, "Matrix computations", algorithm 3.4.1).</summary>
internal sealed class LuDecomposition
{
    /// <param name="matrix">Any shape.</param>
    public LuDecomposition(DenseMatrix matrix)
    {
        Factors = matrix.Clone();
        var steps = Math.Min(matrix.Rows, matrix.Columns);
        Pivots = new int[steps];
        for (var k = 0; k < steps; k++)
        {
            Pivots[k] = Largest(k);
            if (Pivots[k] != k)
            {
                Sign = -Sign;
                Swap(Factors, k, Pivots[k]);
            }

            var pivot = Factors[k, k];
            if (pivot == 0)
            {
                FirstZero = FirstZero == 0 ? k + 1 : FirstZero;
                continue;
            }

            for (var i = k + 1; i < matrix.Rows; i++)
            {
                var factor = Factors[i, k] /= pivot;
                for (var j = k + 1; j < matrix.Columns; j++)
                {
                    Factors[i, j] -= factor * Factors[k, j];
                }
            }
        }
    }

    /// <summary>A decomposition that was made before.</summary>
    /// <param name="factors">L below the diagonal, U on and above it.</param>
    /// <param name="pivots">The row that each step swapped with its own, from 0.</param>
    public LuDecomposition(DenseMatrix factors, int[] pivots)
    {
        Factors = factors;
        Pivots = pivots;
    }

    /// <summary>L below the diagonal, whose own is ones, and U on and above it.</summary>
    public DenseMatrix Factors { get; }

    /// <summary>The row that each step swapped with its own.</summary>
    public int[] Pivots { get; }

    /// <summary>The first pivot that is zero, counted from 1; 0 if there is none.</summary>
    public int FirstZero { get; }

    /// <summary>1, or −1 after an odd number of swaps.</summary>
    public int Sign { get; } = 1;

    /// <summary>A⁻¹·B. A zero pivot gives infinities.</summary>
    public DenseMatrix Solve(DenseMatrix right)
    {
        var result = right.Clone();
        for (var k = 0; k < Pivots.Length; k++)
        {
            Swap(result, k, Pivots[k]);
        }

        Triangular.Solve(Factors, result, upper: false, unit: true);
        Triangular.Solve(Factors, result, upper: true, unit: false);
        return result;
    }

    /// <summary>The rows of the identity in the order of the swaps: P with A = P·L·U.</summary>
    public DenseMatrix Permutation()
    {
        var result = DenseMatrix.Identity(Factors.Rows);
        for (var k = 0; k < Pivots.Length; k++)
        {
            Swap(result, k, Pivots[k]);
        }

        return result.Transposed();
    }

    private static void Swap(DenseMatrix matrix, int a, int b)
    {
        if (a == b)
        {
            return;
        }

        var first = matrix.RowSpan(a);
        var second = matrix.RowSpan(b);
        for (var j = 0; j < first.Length; j++)
        {
            (first[j], second[j]) = (second[j], first[j]);
        }
    }

    private int Largest(int column)
    {
        var best = column;
        for (var i = column + 1; i < Factors.Rows; i++)
        {
            best = Math.Abs(Factors[i, column]) > Math.Abs(Factors[best, column]) ? i : best;
        }

        return best;
    }
}
