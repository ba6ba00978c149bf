using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>
/// Coding in overlapped codebooks: each row is a sum of vectors that overlap, 16 to choose from at each place. The vectors are learned from the matrix itself, the
/// indices found by beam search along the row.
/// </summary>
/// <remarks>The result depends on the weights and the options alone: not on the number of threads, nor on the width of the machine's vectors.</remarks>
internal static class CodebookCoder
{
    // What an error costs in a column that a bit a weight of later choices can still change. Found by trial between 0.1 and 0.4.
    private const double Openness = 0.2;

    /// <summary>Codes a matrix by weight error.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="options">Bits, quality and seed.</param>
    /// <param name="tensor">Name of the tensor, for errors.</param>
    /// <param name="threads">Cores to use; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was signalled.</exception>
    public static CodedLayer Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddOptions options, string tensor, int threads, CancellationToken cancellation)
    {
        var job = new CodebookJob(weights, rows, columns, Normalization.Of(weights.Span, tensor));
        var plan = CodebookPlan.Of(options.Bits, options.Quality, (long)rows * columns);
        var search = new SearchPlan(plan.Stages, Openness);
        var importance = new float[columns];
        importance.AsSpan().Fill(1);

        var set = new CodebookLearner(plan, search, threads, cancellation).Learn(job.Sample(plan.Sample, options.Seed), importance, options.Seed);
        var tables = new SearchTables(search, Vectors(set), importance);
        var writer = new CodebookWriter(job, set, search);
        RowSearch.ForEach(tables, rows, plan.Beam, threads, cancellation, (beam, row) =>
        {
            var target = new float[columns];
            var indices = new byte[tables.Steps];
            if (job.FillRow(row, target))
            {
                beam.Encode(target, indices, cancellation);
            }

            writer.Write(row, indices);
        });
        return writer.Result();
    }

    /// <summary>The vectors as floats in units of the super-scale.</summary>
    internal static float[] Vectors(CodebookSet set)
    {
        var vectors = new float[set.Entries.Length];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = set.Entries.Span[i] * set.Step;
        }

        return vectors;
    }
}
