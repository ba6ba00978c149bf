namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>Triangular matrices: substitution, and the root of a positive definite matrix.</summary>
internal static class Triangular
{
    /// <summary>Overwrites B with T⁻¹·B.</summary>
    /// <param name="triangle">Square; one side of the diagonal is read.</param>
    /// <param name="right">B.</param>
    /// <param name="upper">Which side.</param>
    /// <param name="unit">Whether the diagonal counts as ones.</param>
    public static void Solve(DenseMatrix triangle, DenseMatrix right, bool upper, bool unit)
    {
        var size = triangle.Rows;
        for (var step = 0; step < size; step++)
        {
            var i = upper ? size - 1 - step : step;
            var row = right.RowSpan(i);
            var (first, end) = upper ? (i + 1, size) : (0, i);
            for (var k = first; k < end; k++)
            {
                var factor = triangle[i, k];
                var other = right.RowSpan(k);
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] -= factor * other[j];
                }
            }

            for (var j = 0; j < row.Length && !unit; j++)
            {
                row[j] /= triangle[i, i];
            }
        }
    }

    /// <summary>L with A = L·Lᵀ (Cholesky); the lower half of A is read.</summary>
    /// <returns>L, and the order of the first leading minor that is not positive, or 0.</returns>
    public static (DenseMatrix Root, int Failed) Cholesky(DenseMatrix matrix)
    {
        var root = new DenseMatrix(matrix.Rows, matrix.Rows);
        for (var j = 0; j < matrix.Rows; j++)
        {
            for (var i = j; i < matrix.Rows; i++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= root[i, k] * root[j, k];
                }

                if (i == j && !(sum > 0))
                {
                    return (root, j + 1);
                }

                root[i, j] = i == j ? Math.Sqrt(sum) : sum / root[j, j];
            }
        }

        return (root, 0);
    }
}
