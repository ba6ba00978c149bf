using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>The product as a float64 sum of decoded weights, and the error of a kernel against it.</summary>
internal sealed class ProductOracle
{
    private readonly double[] expected;
    private readonly double[] norm;

    public ProductOracle(BinaryCodedMatrix matrix, float[] x, int batch, float[]? bias = null)
    {
        expected = new double[batch * matrix.Rows];
        norm = new double[batch];
        var weights = new float[matrix.Columns];
        var squares = new double[matrix.ColumnBlocks];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, weights);
            for (var group = 0; group < matrix.ColumnBlocks; group++)
            {
                squares[group] = Enumerable.Range(0, matrix.Bits).Sum(bit => Math.Pow(Math.ScaleB(matrix.Scale(row, group, bit), matrix.ScaleExponent), 2));
            }

            for (var i = 0; i < batch; i++)
            {
                double sum = bias?[row] ?? 0;
                norm[i] += sum * sum;
                for (var k = 0; k < weights.Length; k++)
                {
                    double value = x[i * matrix.Columns + k];
                    sum += weights[k] * value;
                    norm[i] += squares[k / matrix.GroupSize] * value * value;
                }

                expected[i * matrix.Rows + row] = sum;
            }
        }
    }

    /// <summary>
    /// The largest relative error over the rows of the batch: the 2-norm of the difference over the root of the sum of all squared products α·x.
    /// The latter is what the norm of y is for random signs, and unlike it does not vanish when a short sum cancels.
    /// </summary>
    public double RelativeError(float[] y)
    {
        var rows = expected.Length / norm.Length;
        var worst = 0.0;
        for (var i = 0; i < norm.Length; i++)
        {
            var error = 0.0;
            for (var row = 0; row < rows; row++)
            {
                var difference = y[i * rows + row] - expected[i * rows + row];
                error += difference * difference;
            }

            worst = error == 0 ? worst : Math.Max(worst, Math.Sqrt(error / norm[i]));
        }

        return worst;
    }
}
