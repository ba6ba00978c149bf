using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>What a packed product's arithmetic loses.</summary>
internal static class PackedError
{
    /// <summary>‖y − y₆₄‖ / ‖y₆₄‖ over all rows, with y₆₄ the float64 sums of the decoded weights times the first input row.</summary>
    public static double Of(CodedMatrix matrix, KernelPath path, KernelPrecision precision, int batch)
    {
        var x = RandomMatrix.Inputs(batch * matrix.Columns, 1);
        var y = new float[batch * matrix.Rows];
        PackedMatrix.Create(matrix, path, precision).Multiply(x, y, batch);
        double error = 0, norm = 0;
        var weights = new float[matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, weights);
            var sum = 0.0;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += (double)weights[k] * x[k];
            }

            error += (y[row] - sum) * (y[row] - sum);
            norm += sum * sum;
        }

        return Math.Sqrt(error / norm);
    }
}
