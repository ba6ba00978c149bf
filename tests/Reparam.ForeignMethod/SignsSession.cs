using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Compression.Methods;

namespace Reparam.ForeignMethod;

/// <summary>Codes signs and one scale for each row as a single plane of the row layout.</summary>
internal sealed class SignsSession : MethodSession
{
    private const int WordBits = 32;

    /// <inheritdoc/>
    public override CodedLayer Encode(LayerJob job)
    {
        var options = job.Options.As<SignsAttribute>();
        var words = (job.Columns + WordBits - 1) / WordBits;
        var codes = new uint[job.Rows * words];
        var scales = new Half[job.Rows];
        for (var row = 0; row < job.Rows; row++)
        {
            var weights = job.Target.Span.Slice(row * job.Columns, job.Columns);
            scales[row] = (Half)(options.Gain * Scale(weights, options.Scale));
            for (var column = 0; column < job.Columns; column++)
            {
                if (weights[column] >= 0)
                {
                    codes[(row * words) + (column / WordBits)] |= 1u << (column % WordBits);
                }
            }
        }

        return CodedLayer.Measure(new BinaryCodedMatrix(job.Rows, job.Columns, 1, 0, 0, codes, scales), job);
    }

    private static double Scale(ReadOnlySpan<float> weights, SignsScale scale)
    {
        double[] magnitudes = [.. weights.ToArray().Select(weight => Math.Abs((double)weight))];
        return scale == SignsScale.Mean ? magnitudes.Average() : magnitudes.Order().ElementAt(magnitudes.Length / 2);
    }
}
