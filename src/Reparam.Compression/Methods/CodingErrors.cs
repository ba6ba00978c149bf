using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Methods;

/// <summary>The errors of a coded matrix by its decoded rows, in double precision.</summary>
internal static class CodingErrors
{
    /// <summary>‖W − Q‖² and ‖W‖², and with second moments H of the inputs tr((W − Q)·H·(W − Q)ᵀ) and tr(W·H·Wᵀ).</summary>
    public static CodedLayer Measure(CodedMatrix matrix, LayerJob job)
    {
        var (error, norm) = (new double[job.Rows], new double[job.Rows]);
        var (outputError, outputNorm) = (new double[job.Rows], new double[job.Rows]);
        var gram = job.Calibration?.Gram.Values ?? default;
        var options = new ParallelOptions { MaxDegreeOfParallelism = job.Threads == 0 ? -1 : job.Threads, CancellationToken = job.Cancellation };

        // Rows are summed in order at the end, so that the sums do not depend on threads.
        Parallel.For(0, job.Rows, options, row =>
        {
            var decoded = new float[job.Columns];
            matrix.DecodeRow(row, decoded);
            var weights = job.Target.Span.Slice(row * job.Columns, job.Columns);
            var difference = new double[job.Columns];
            var dense = new double[job.Columns];
            for (var k = 0; k < job.Columns; k++)
            {
                dense[k] = weights[k];
                difference[k] = dense[k] - decoded[k];
                error[row] += difference[k] * difference[k];
                norm[row] += dense[k] * dense[k];
            }

            if (!gram.IsEmpty)
            {
                outputError[row] = Quadratic(gram.Span, difference);
                outputNorm[row] = Quadratic(gram.Span, dense);
            }
        });
        return new CodedLayer(matrix, error.Sum(), norm.Sum())
        {
            SquaredOutputError = gram.IsEmpty ? null : Math.Max(0, outputError.Sum()),
            SquaredOutputNorm = gram.IsEmpty ? null : Math.Max(0, outputNorm.Sum()),
        };
    }

    // x·H·xᵀ.
    private static double Quadratic(ReadOnlySpan<float> gram, double[] x)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            if (x[i] == 0)
            {
                continue;
            }

            var inner = 0.0;
            var row = gram.Slice(i * x.Length, x.Length);
            for (var k = 0; k < x.Length; k++)
            {
                inner += row[k] * x[k];
            }

            sum += inner * x[i];
        }

        return sum;
    }
}
