using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Numerics;
using Reparam.Compression.SecondOrder;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>
/// Coding in overlapped codebooks: each row is a sum of vectors that overlap, 16 to choose from at each place. The vectors are learned from the matrix itself,
/// the indices found by beam search along the row, under H with error compensation for every partial choice of its own.
/// </summary>
/// <remarks>
/// The result depends on the weights, the options and the second moments alone: not on the number of threads, nor on the width of the machine's vectors.
/// </remarks>
internal static class CodebookCoder
{
    // What an error costs in a column that a bit a weight of later choices can still change, found by trial: by weight error, and under H, where later
    // columns can compensate it too.
    private const double Openness = 0.2;
    private const double CurvedOpenness = 0.07;

    // A set of its own may cost a matrix one hundredth of its bytes.
    private const int OwnShare = 100;

    /// <summary>Codes a matrix; <see cref="ShiftAddCoder.Encode"/> has the parameters.</summary>
    public static CodedLayer Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, LayerCalibration? calibration, SharedTables? tables,
        string tensor, int threads, CancellationToken cancellation)
    {
        var target = calibration?.Target ?? weights;
        if (weights.Length != (long)rows * columns || target.Length != weights.Length)
        {
            throw new ArgumentException($"{target.Length} weights do not fill {rows} × {columns}", nameof(weights));
        }

        var job = new CodebookJob(target, weights, rows, columns, Normalization.Of(target.Span, tensor));
        var shared = tables?.FindSet(rows, columns, options, threads, cancellation);
        var plan = CodebookPlan.Of(options.Bits, options.Quality, (long)rows * columns);
        plan = shared is null ? plan : plan with { Stages = shared.Stages };
        var search = new SearchPlan(plan.Stages, Openness);
        var learner = new CodebookLearner(plan, threads, cancellation);
        var ones = Ones(columns);
        var sample = job.Sample(plan.Sample, options.Seed);
        var set = shared ?? learner.Learn(search, [new(sample, ones)], options.Seed);
        CodedLayer Plain(Gram? gram) => Code(job, set, new SearchTables(search, Vectors(set), ones), plan.Beam, gram, threads, cancellation);
        if (calibration is null)
        {
            return Plain(null);
        }

        if (LayerHessian.Of(calibration.Gram) is not { } hessian)
        {
            return Unusable(Plain(null), "its inputs were zero throughout");
        }

        if (hessian.IsUnit)
        {
            return Plain(calibration.Gram);
        }

        var curved = new SearchPlan(plan.Stages, CurvedOpenness);
        if (Curvature(curved, hessian, threads, cancellation) is not { } curvature)
        {
            return Unusable(Plain(null), "its second moments are not positive semidefinite, not even with its whole mean diagonal added");
        }

        // What H says of a column alone, where its errors are not to be compensated.
        var importance = options.Compensate ? ones : curvature.Diagonal.ToArray();
        var used = options.Compensate ? curvature : null;
        var adapted = shared ?? (used is null ? learner.Learn(search, [new(sample, importance)], options.Seed) : learner.Adapt(curved, sample, set, used));
        var searchTables = new SearchTables(used is null ? search : curved, Vectors(adapted), importance, used);
        var coded = Code(job, adapted, searchTables, plan.Beam, calibration.Gram, threads, cancellation);
        var plain = Plain(calibration.Gram);
        return plain.SquaredOutputError < coded.SquaredOutputError ? plain : coded;

        CodedLayer Unusable(CodedLayer coded, string why)
        {
            var (error, norm) = QuadraticForm.OfErrorAndNorm(target.Span, coded.Matrix.Decode(), calibration.Gram, cancellation);
            return coded with { SquaredOutputError = error, SquaredOutputNorm = norm, Warning = CompressionDiagnostics.UnusableCalibration.With(tensor, why) };
        }
    }

    /// <summary>Whether a matrix is too small to bear a set of its own: one of full size would add more than a hundredth to its bytes.</summary>
    public static bool SharesSet(int rows, int columns, int bits)
    {
        var stages = CodebookPlan.Of(bits, CodingQuality.Default, long.MaxValue).Stages;
        return OwnShare * (long)CodebookSet.EntriesOf(stages) > CodebookMatrix.IndexBytes(rows, columns, stages);
    }

    /// <summary>Learns one set for several matrices.</summary>
    public static CodebookSet LearnShared(IReadOnlyList<SharedTableLayer> layers, ShiftAddAttribute options, int threads, CancellationToken cancellation)
    {
        var plan = CodebookPlan.Of(options.Bits, options.Quality, layers.Sum(static layer => (long)layer.Rows * layer.Columns));
        var samples = layers.Select(layer =>
        {
            cancellation.ThrowIfCancellationRequested();
            var weights = layer.Weights();
            var job = new CodebookJob(weights, weights, layer.Rows, layer.Columns, Normalization.Of(weights.Span, layer.Tensor));
            return new CodebookSample(job.Sample(plan.Sample / layers.Count, options.Seed), Ones(layer.Columns));
        }).ToArray();
        return new CodebookLearner(plan, threads, cancellation).Learn(new SearchPlan(plan.Stages, Openness), samples, options.Seed);
    }

    private static float[] Ones(int columns)
    {
        var ones = new float[columns];
        ones.AsSpan().Fill(1);
        return ones;
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

    private static CodedLayer Code(
        CodebookJob job, CodebookSet set, SearchTables tables, int beam, Gram? gram, int threads, CancellationToken cancellation)
    {
        var writer = new CodebookWriter(job, set, tables.Plan, gram);
        RowSearch.ForEach(tables, job.Rows, beam, threads, cancellation, (search, row) =>
        {
            var target = new float[job.Columns];
            var indices = new byte[tables.Steps];
            if (job.FillRow(row, target))
            {
                search.Encode(target, indices, cancellation);
            }

            writer.Write(row, indices);
        });
        return writer.Result();
    }

    // Null when no damping makes H positive definite.
    private static SearchCurvature? Curvature(SearchPlan search, LayerHessian hessian, int threads, CancellationToken cancellation)
    {
        var natural = ActOrder.Natural(hessian.Columns);
        foreach (var share in LayerHessian.DampingShares)
        {
            // Of a positive semidefinite matrix no pivot is below the damping.
            var damped = hessian.Damped(share, natural);
            if (SearchCurvature.TryCreate(search, damped, hessian.Columns, hessian.Damping(share) / 2, threads, cancellation) is { } curvature)
            {
                return curvature;
            }
        }

        return null;
    }
}
