using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;
using Reparam.Compression.Reports;

namespace Reparam.Compression.Allocation;

/// <summary>A way to code a layer, measured.</summary>
/// <param name="Step">The coding.</param>
/// <param name="Bytes">Bytes without the table.</param>
/// <param name="Table">The table; null without one. Equal tables are in the file once.</param>
/// <param name="OutputError">‖X·(W − Q)ᵀ‖² a token; null without calibration.</param>
/// <param name="RelativeError">Relative output error, or relative weight error without calibration.</param>
/// <param name="RelativeWeightError">‖W − Q‖ / ‖W‖.</param>
/// <param name="Divergence">Rise of the model's divergence; null if it was not measured.</param>
internal sealed record Candidate(
    LadderStep Step, long Bytes, CodedTable? Table, double? OutputError, double RelativeError, double RelativeWeightError, double? Divergence)
{
    /// <summary>The coding's options.</summary>
    public MethodOptions Options => Step.Options;

    /// <summary>Its place on the ladder.</summary>
    public double Bits => Options.Method.NominalBits(Options);

    public static Candidate Of(LadderStep step, CodedLayer coded, double? divergence)
    {
        var weightError = LayerReport.Relative(coded.SquaredError, coded.SquaredNorm);
        return new Candidate(
            step,
            coded.Matrix.StoredBytes,
            coded.Matrix.StoredTable,
            coded.SquaredOutputError,
            coded is { SquaredOutputError: { } error, SquaredOutputNorm: { } norm } ? LayerReport.Relative(error, norm) : weightError,
            weightError,
            divergence);
    }

    /// <summary>Bytes of the table.</summary>
    public long TableBytes => Table?.Bytes.Length ?? 0;

    /// <summary>A coding that would take no less space than the weight, which is copied in its place.</summary>
    public static Candidate Copied(LadderStep step, long bytes, CodedLayer coded, double? divergence) =>
        new(step, bytes, null, coded.SquaredOutputError is null ? null : 0, 0, 0, divergence is null ? null : 0);
}
