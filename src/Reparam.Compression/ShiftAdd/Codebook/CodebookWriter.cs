using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>Stores the rows of a matrix as they are coded, each with the super-scale that suits its indices best.</summary>
internal sealed class CodebookWriter
{
    private readonly CodebookJob job;
    private readonly CodebookSet set;
    private readonly SearchPlan plan;
    private readonly Gram? gram;
    private readonly int[] begins;
    private readonly byte[] bytes;
    private readonly Half[] scales;

    // Per row, added up in order at the end.
    private readonly double[] errors;
    private readonly double[] norms;
    private readonly double[] outputErrors;
    private readonly double[] outputNorms;

    /// <param name="job">The weights.</param>
    /// <param name="set">The vectors.</param>
    /// <param name="plan">The order of the indices.</param>
    /// <param name="gram">H that super-scales and errors are measured with; null for weight errors.</param>
    public CodebookWriter(CodebookJob job, CodebookSet set, SearchPlan plan, Gram? gram)
    {
        this.gram = gram;
        outputErrors = new double[job.Rows];
        outputNorms = new double[job.Rows];
        this.job = job;
        this.set = set;
        this.plan = plan;
        begins = new int[set.Stages.Count];
        for (var stage = 1; stage < begins.Length; stage++)
        {
            begins[stage] = checked(begins[stage - 1] + job.Rows * set.Stages[stage - 1].BytesPerRow(job.Columns));
        }

        bytes = new byte[CodebookMatrix.IndexBytes(job.Rows, job.Columns, set.Stages)];
        scales = new Half[job.Rows];
        errors = new double[job.Rows];
        norms = new double[job.Rows];
    }

    /// <summary>Stores a row. Rows may be stored side by side.</summary>
    /// <param name="row">The row.</param>
    /// <param name="indices">Indices in the order of the plan; all 0 for a row of zeros.</param>
    public void Write(int row, ReadOnlySpan<byte> indices)
    {
        var sums = new int[job.Columns];
        Place(row, indices, sums);
        var (q, w) = (new double[sums.Length], new double[sums.Length]);
        var weights = job.Row(row);
        for (var k = 0; k < sums.Length; k++)
        {
            (q[k], w[k]) = (sums[k], job.Normalization.Apply(weights[k]));
        }

        var (product, square, norm) = gram is null ? Moments(w, q) : OutputMoments(w, q);

        // In single precision H is not quite positive: outputs as small as its rounding say nothing of the scale.
        var scale = square > 0 ? Scale(row, product, square, sums) : PlainScale(row, w, q, sums);
        scales[row] = scale;
        var unit = (double)((float)scale * set.Step);
        if (gram is not null)
        {
            (outputErrors[row], outputNorms[row]) = (Math.Max(norm - 2 * unit * product + unit * unit * square, 0), norm);
        }

        var own = job.OwnRow(row);
        for (var k = 0; k < sums.Length; k++)
        {
            var weight = (double)job.Normalization.Apply(own[k]);
            var difference = weight - (float)(unit * q[k]);
            errors[row] += difference * difference;
            norms[row] += weight * weight;
        }
    }

    // w·q, q·q and w·w.
    private static (double Product, double Square, double Norm) Moments(double[] w, double[] q) =>
        (DoubleVectors.Dot(w, q), DoubleVectors.Dot(q, q), DoubleVectors.Dot(w, w));

    // The same under H.
    private (double Product, double Square, double Norm) OutputMoments(double[] w, double[] q)
    {
        var (product, square, norm) = (0.0, 0.0, 0.0);
        var h = new double[w.Length];
        for (var i = 0; i < w.Length; i++)
        {
            var values = gram!.Values.Span.Slice(i * w.Length, w.Length);
            for (var k = 0; k < values.Length; k++)
            {
                h[k] = values[k];
            }

            var (coded, dense) = (DoubleVectors.Dot(h, q), DoubleVectors.Dot(h, w));
            product += w[i] * coded;
            square += q[i] * coded;
            norm += w[i] * dense;
        }

        return (product, square, norm);
    }

    /// <summary>The coded matrix, once every row is there.</summary>
    public CodedLayer Result()
    {
        var superColumns = (job.Columns + set.Alignment - 1) / set.Alignment * set.Alignment;
        var exponent = job.Normalization.ScaleExponent;
        var matrix = new CodebookMatrix(job.Rows, job.Columns, set, 1, superColumns, exponent, bytes, scales);
        var coded = new CodedLayer(matrix, Math.ScaleB(errors.Sum(), 2 * exponent), Math.ScaleB(norms.Sum(), 2 * exponent));
        return gram is null ? coded : coded with
        {
            SquaredOutputError = Math.ScaleB(outputErrors.Sum(), 2 * exponent),
            SquaredOutputNorm = Math.ScaleB(outputNorms.Sum(), 2 * exponent),
        };
    }

    private void Place(int row, ReadOnlySpan<byte> indices, Span<int> sums)
    {
        var next = 0;
        for (var begin = 0; begin < sums.Length; begin += CodebookStage.PlaneStride)
        {
            foreach (var step in plan.Steps(begin / CodebookStage.PlaneStride % plan.Phases))
            {
                var index = indices[next++];
                var stage = set.Stages[step.Stage];
                var position = begin / stage.Stride;
                bytes[begins[step.Stage] + row * stage.BytesPerRow(job.Columns) + position / 2] |= (byte)(index << (position % 2 * 4));
                var vector = set.Vectors(step.Stage).Slice(index * stage.Span, Math.Min(stage.Span, sums.Length - begin));
                for (var ahead = 0; ahead < vector.Length; ahead++)
                {
                    sums[begin + ahead] += vector[ahead];
                }
            }
        }
    }

    private Half PlainScale(int row, double[] w, double[] q, ReadOnlySpan<int> sums)
    {
        var (product, square, _) = Moments(w, q);
        return Scale(row, product, square, sums);
    }

    // Least squares, as far as half precision and the range of float allow.
    private Half Scale(int row, double product, double square, ReadOnlySpan<int> sums)
    {
        if (job.Scales[row] == Half.Zero || !(product > 0 && square > 0))
        {
            return Half.Zero;
        }

        var largest = 0.0;
        foreach (var sum in sums)
        {
            largest = Math.Max(largest, Math.Abs(sum));
        }

        var scale = (Half)Math.Min(product / (square * set.Step), (double)Half.MaxValue);
        while ((double)(float)scale * set.Step * largest > job.Normalization.LargestLevel)
        {
            scale = Half.BitDecrement(scale);
        }

        return scale;
    }
}
