using System.Collections.Immutable;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;

namespace Reparam.Compression;

/// <summary>A coded weight and what the coding cost.</summary>
/// <param name="Matrix">The coded matrix.</param>
/// <param name="SquaredError">‖W − Q‖², Frobenius.</param>
/// <param name="SquaredNorm">‖W‖².</param>
public sealed record CodedLayer(CodedMatrix Matrix, double SquaredError, double SquaredNorm)
{
    /// <summary>Measures a coded matrix: the errors of a method that does not compute them on its way.</summary>
    /// <param name="matrix">What came out.</param>
    /// <param name="job">What was coded.</param>
    /// <exception cref="UncodableLayerException">The matrix has another shape than the job.</exception>
    /// <exception cref="OperationCanceledException">The job's cancellation was signalled.</exception>
    public static CodedLayer Measure(CodedMatrix matrix, LayerJob job)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(job);
        if (matrix.Rows != job.Rows || matrix.Columns != job.Columns)
        {
            throw MethodFailure.Of(job, $"it gave a matrix [{matrix.Rows}, {matrix.Columns}], expected [{job.Rows}, {job.Columns}]");
        }

        return CodingErrors.Measure(matrix, job);
    }

    /// <summary>‖X·(W − Q)ᵀ‖² a token over the calibration inputs; null without calibration.</summary>
    public double? SquaredOutputError { get; init; }

    /// <summary>‖X·Wᵀ‖² a token over the same inputs.</summary>
    public double? SquaredOutputNorm { get; init; }

    /// <summary>What the coder could not do as asked, as a warning for the user; null if nothing.</summary>
    public Diagnostics.CompressionProblem? Warning { get; init; }

    /// <summary>What the coder did otherwise than asked, to no harm; null if nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Whether an earlier run made it and it was read from a <see cref="Cache.CodingCache"/>. Default false.</summary>
    public bool IsCached { get; init; }

    /// <summary>What the coder tried where it was free to choose, its choice included; empty where it was not.</summary>
    public ImmutableArray<CodingTrial> Tried { get; init; } = [];

    /// <summary>The same coding with its weight error measured against the layer's own weights, where it was coded for a target.</summary>
    /// <param name="weights">[rows, columns].</param>
    internal CodedLayer AgainstOwnWeights(ReadOnlySpan<float> weights)
    {
        var row = new float[Matrix.Columns];
        double error = 0, norm = 0;
        for (var r = 0; r < Matrix.Rows; r++)
        {
            Matrix.DecodeRow(r, row);
            var own = weights.Slice(r * row.Length, row.Length);
            for (var k = 0; k < row.Length; k++)
            {
                error += ((double)own[k] - row[k]) * ((double)own[k] - row[k]);
                norm += (double)own[k] * own[k];
            }
        }

        return this with { SquaredError = error, SquaredNorm = norm };
    }
}
