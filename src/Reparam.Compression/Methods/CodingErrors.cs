using Reparam.Checkpoints.Packed;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.Methods;

/// <summary>The errors of a coded matrix by its decoded rows, in double precision.</summary>
internal static class CodingErrors
{
    // Rows that are measured together: each row of H is read and widened once for all of them.
    private const int TileRows = 16;

    /// <summary>‖W − Q‖² and ‖W‖², and with second moments H of the inputs tr((W − Q)·H·(W − Q)ᵀ) and tr(W·H·Wᵀ).</summary>
    public static CodedLayer Measure(CodedMatrix matrix, LayerJob job)
    {
        var (error, norm) = (new double[job.Rows], new double[job.Rows]);
        var (outputError, outputNorm) = (new double[job.Rows], new double[job.Rows]);
        var gram = job.Calibration?.Gram.Values ?? default;
        var options = new ParallelOptions { MaxDegreeOfParallelism = job.Threads == 0 ? -1 : job.Threads, CancellationToken = job.Cancellation };

        // Rows are summed in order at the end, so that the sums do not depend on threads.
        Parallel.For(0, (job.Rows + TileRows - 1) / TileRows, options, tile =>
        {
            var first = tile * TileRows;
            var count = Math.Min(TileRows, job.Rows - first);
            var (dense, difference) = (new double[count][], new double[count][]);
            var decoded = new float[job.Columns];
            for (var i = 0; i < count; i++)
            {
                matrix.DecodeRow(first + i, decoded);
                var weights = job.Target.Span.Slice((first + i) * job.Columns, job.Columns);
                (dense[i], difference[i]) = (new double[job.Columns], new double[job.Columns]);
                for (var k = 0; k < job.Columns; k++)
                {
                    dense[i][k] = weights[k];
                    difference[i][k] = dense[i][k] - decoded[k];
                }

                error[first + i] = DoubleVectors.Dot(difference[i], difference[i]);
                norm[first + i] = DoubleVectors.Dot(dense[i], dense[i]);
            }

            if (!gram.IsEmpty)
            {
                AddQuadratics(gram.Span, difference, outputError.AsSpan(first, count));
                AddQuadratics(gram.Span, dense, outputNorm.AsSpan(first, count));
            }
        });
        return new CodedLayer(matrix, error.Sum(), norm.Sum())
        {
            SquaredOutputError = gram.IsEmpty ? null : Math.Max(0, outputError.Sum()),
            SquaredOutputNorm = gram.IsEmpty ? null : Math.Max(0, outputNorm.Sum()),
        };
    }

    // x·H·xᵀ of each row.
    private static void AddQuadratics(ReadOnlySpan<float> gram, double[][] rows, Span<double> sums)
    {
        var moments = new double[rows[0].Length];
        for (var k = 0; k < moments.Length; k++)
        {
            var row = gram.Slice(k * moments.Length, moments.Length);
            for (var i = 0; i < moments.Length; i++)
            {
                moments[i] = row[i];
            }

            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i][k] != 0)
                {
                    sums[i] += DoubleVectors.Dot(moments, rows[i]) * rows[i][k];
                }
            }
        }
    }
}
