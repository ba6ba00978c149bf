using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>Stores the rows of a matrix as they are coded, each with the super-scale that suits its indices best.</summary>
internal sealed class CodebookWriter
{
    private readonly CodebookJob job;
    private readonly CodebookSet set;
    private readonly SearchPlan plan;
    private readonly int[] begins;
    private readonly byte[] bytes;
    private readonly Half[] scales;

    // Per row, added up in order at the end.
    private readonly double[] errors;
    private readonly double[] norms;

    public CodebookWriter(CodebookJob job, CodebookSet set, SearchPlan plan)
    {
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
        var weights = job.Row(row);
        var scale = Scale(row, weights, sums);
        scales[row] = scale;
        var unit = (float)scale * set.Step;
        var (error, norm) = (0.0, 0.0);
        for (var k = 0; k < sums.Length; k++)
        {
            var weight = (double)job.Normalization.Apply(weights[k]);
            var difference = weight - unit * sums[k];
            error += difference * difference;
            norm += weight * weight;
        }

        errors[row] = error;
        norms[row] = norm;
    }

    /// <summary>The coded matrix, once every row is there.</summary>
    public CodedLayer Result()
    {
        var superColumns = (job.Columns + set.Alignment - 1) / set.Alignment * set.Alignment;
        var exponent = job.Normalization.ScaleExponent;
        var matrix = new CodebookMatrix(job.Rows, job.Columns, set, 1, superColumns, exponent, bytes, scales);
        return new CodedLayer(matrix, Math.ScaleB(errors.Sum(), 2 * exponent), Math.ScaleB(norms.Sum(), 2 * exponent));
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

    // Least squares, as far as half precision and the range of float allow.
    private Half Scale(int row, ReadOnlySpan<float> weights, ReadOnlySpan<int> sums)
    {
        if (job.Scales[row] == Half.Zero)
        {
            return Half.Zero;
        }

        var (product, square, largest) = (0.0, 0.0, 0.0);
        for (var k = 0; k < sums.Length; k++)
        {
            product += (double)job.Normalization.Apply(weights[k]) * sums[k];
            square += (double)sums[k] * sums[k];
            largest = Math.Max(largest, Math.Abs(sums[k]));
        }

        if (!(product > 0))
        {
            return Half.Zero;
        }

        var scale = (Half)Math.Min(product / (square * set.Step), (double)Half.MaxValue);
        while ((double)(float)scale * set.Step * largest > job.Normalization.LargestLevel)
        {
            scale = Half.BitDecrement(scale);
        }

        return scale;
    }
}
