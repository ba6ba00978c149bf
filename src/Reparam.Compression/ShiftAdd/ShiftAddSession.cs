using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.ShiftAdd;

/// <summary>Codes layers of one checkpoint or model; small ones share tables.</summary>
internal sealed class ShiftAddSession : MethodSession
{
    private readonly IReadOnlyList<SessionLayer> layers;
    private readonly SharedTables tables;

    /// <summary>Takes the layers. Nothing is read yet.</summary>
    public ShiftAddSession(IEnumerable<SessionLayer> layers)
    {
        // A layer that a plan gave another layout shares as it did when the plan was made.
        this.layers = [.. layers.Where(layer => HasTable(layer.Asked) || HasTable(layer.Options))];
        tables = new SharedTables(this.layers.Select(layer => new SharedTableLayer(layer.Tensor, layer.Rows, layer.Columns, layer.Weights)));
    }

    /// <inheritdoc/>
    public override CodedLayer Encode(LayerJob job) => ShiftAddCoder.Encode(
        job.Weights, job.Rows, job.Columns, job.Options.As<ShiftAddAttribute>(), job.Calibration,
        job.Tensor, job.Threads, job.Cancellation, tables);

    /// <inheritdoc/>
    public override long SharedBytes(CodedMatrix matrix) => tables.ShareOf(matrix);

    /// <inheritdoc/>
    public override IEnumerable<SessionLayer> SharesWith(SessionLayer layer, MethodOptions options)
    {
        var asked = options.As<ShiftAddAttribute>();
        return HasTable(options)
            ? layers.Where(other => other != layer && SharedTables.AreCommon((layer.Rows, layer.Columns), (other.Rows, other.Columns), asked.Bits))
            : [];
    }

    private static bool HasTable(MethodOptions options) => SharedTables.AreIn(options.As<ShiftAddAttribute>().Layout);
}
