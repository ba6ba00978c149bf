using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>The product as a float64 sum of decoded weights, and the error of a kernel against it.</summary>
internal sealed class ProductOracle
{
    private readonly double[] expected;
    private readonly double[] norm;

    public ProductOracle(CodedMatrix matrix, float[] x, int batch, float[]? bias = null)
    {
        expected = new double[batch * matrix.Rows];
        norm = new double[batch];
        var weights = new float[matrix.Columns];
        var squares = new double[matrix.Columns];
        var vectors = matrix is CodebookMatrix codebook ? SquaredVectors(codebook) : [];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, weights);
            for (var k = 0; k < weights.Length; k++)
            {
                squares[k] = SquaredParts(matrix, vectors, row, k) ?? (double)weights[k] * weights[k];
            }

            for (var i = 0; i < batch; i++)
            {
                double sum = bias?[row] ?? 0;
                norm[i] += sum * sum;
                for (var k = 0; k < weights.Length; k++)
                {
                    double value = x[i * matrix.Columns + k];
                    sum += weights[k] * value;
                    norm[i] += squares[k] * value * value;
                }

                expected[i * matrix.Rows + row] = sum;
            }
        }
    }

    // A weight is a sum that may cancel; the rounding of a table of partial sums is relative to its parts.
    private static double? SquaredParts(CodedMatrix matrix, double[] vectors, int row, int column) => matrix switch
    {
        BinaryCodedMatrix binary => Enumerable.Range(0, binary.Bits).Sum(bit =>
            Math.Pow(Math.ScaleB(binary.Scale(row / binary.BlockRows, column / binary.BlockColumns, bit), binary.ScaleExponent), 2)),
        CodebookMatrix codebook => Math.Pow(Math.ScaleB((double)codebook.Unit(row, column / codebook.SuperColumns), codebook.ScaleExponent), 2) * vectors[column],
        _ => null,
    };

    // For each column the mean over the 16 vectors of a stage, summed over the vectors that reach it.
    private static double[] SquaredVectors(CodebookMatrix matrix)
    {
        var sums = new double[matrix.Columns];
        for (var i = 0; i < matrix.Set.Stages.Count; i++)
        {
            var (stride, span) = matrix.Set.Stages[i];
            var vectors = matrix.Set.Vectors(i);
            var means = new double[span];
            for (var n = 0; n < vectors.Length; n++)
            {
                means[n % span] += (double)vectors[n] * vectors[n] / CodebookStage.Vectors;
            }

            for (var column = 0; column < sums.Length; column++)
            {
                for (var j = column % stride; j < span && j <= column % matrix.SuperColumns; j += stride)
                {
                    sums[column] += means[j];
                }
            }
        }

        return sums;
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
