namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>A = Q·R by Householder reflections, with the signs of LAPACK (Golub and Van Loan, "Matrix computations", algorithm 5.2.1).</summary>
internal sealed class QrDecomposition
{
    private readonly DenseMatrix factors;
    private readonly double[] scales;

    /// <param name="matrix">Any shape.</param>
    public QrDecomposition(DenseMatrix matrix)
    {
        factors = matrix.Clone();
        scales = new double[Math.Min(matrix.Rows, matrix.Columns)];
        for (var k = 0; k < scales.Length; k++)
        {
            Reflect(k);
        }
    }

    /// <summary>A decomposition that was made before.</summary>
    /// <param name="factors">The reflections' vectors below the diagonal, whose own element is 1.</param>
    /// <param name="scales">The reflections' factors τ: I − τ·v·vᵀ.</param>
    public QrDecomposition(DenseMatrix factors, double[] scales)
    {
        this.factors = factors;
        this.scales = scales;
    }

    /// <summary>R above the diagonal and the reflections' vectors below it, and their factors.</summary>
    public (DenseMatrix Factors, double[] Scales) Compact => (factors, scales);

    /// <summary>The first rows of R.</summary>
    public DenseMatrix R(int rows) => factors.Corner(rows, factors.Columns).Triangle(upper: true);

    /// <summary>The first columns of Q.</summary>
    public DenseMatrix Q(int columns)
    {
        var result = new DenseMatrix(factors.Rows, columns);
        for (var i = 0; i < Math.Min(factors.Rows, columns); i++)
        {
            result[i, i] = 1;
        }

        for (var k = scales.Length - 1; k >= 0; k--)
        {
            Apply(k, result, 0);
        }

        return result;
    }

    private void Reflect(int k)
    {
        var tail = 0.0;
        for (var i = k + 1; i < factors.Rows; i++)
        {
            tail += factors[i, k] * factors[i, k];
        }

        if (tail == 0)
        {
            return;
        }

        var first = factors[k, k];
        var image = -Math.CopySign(Math.Sqrt(first * first + tail), first);
        scales[k] = (image - first) / image;
        for (var i = k + 1; i < factors.Rows; i++)
        {
            factors[i, k] /= first - image;
        }

        Apply(k, factors, k + 1);
        factors[k, k] = image;
    }

    // (I − τ·v·vᵀ)·target, from a column on.
    private void Apply(int k, DenseMatrix target, int firstColumn)
    {
        for (var j = firstColumn; j < target.Columns; j++)
        {
            var sum = target[k, j];
            for (var i = k + 1; i < factors.Rows; i++)
            {
                sum += factors[i, k] * target[i, j];
            }

            sum *= scales[k];
            target[k, j] -= sum;
            for (var i = k + 1; i < factors.Rows; i++)
            {
                target[i, j] -= factors[i, k] * sum;
            }
        }
    }
}
