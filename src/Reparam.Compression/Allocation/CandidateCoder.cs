using Reparam.Checkpoints;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Allocation;

/// <summary>Codes layers at several widths and keeps what came out.</summary>
/// <param name="checkpoint">The dense checkpoint.</param>
/// <param name="settings">Cores, calibration and tables.</param>
/// <param name="cache">Takes the codings.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class CandidateCoder(ICheckpoint checkpoint, CompressionSettings settings, CodedLayerCache cache, CancellationToken cancellation)
{
    /// <summary>Codes a layer in several ways.</summary>
    /// <param name="layer">The layer; a fixed one has its own coding alone.</param>
    /// <param name="ways">The codings to try, in rising width.</param>
    /// <param name="divergence">Finds what a coding costs the whole model.</param>
    /// <param name="criterion">Whether the paper's criterion is asked for.</param>
    /// <param name="enough">Ends the tries behind a width that is good enough.</param>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    public LayerCandidates Measure(
        LayerPlan layer, IEnumerable<ShiftAddOptions> ways, Func<ShiftAddOptions, double?> divergence, bool criterion, Func<Candidate, bool>? enough = null)
    {
        var info = checkpoint.Info(layer.Tensor);
        var rows = checked((int)info.Shape[0]);
        var columns = checked((int)(info.ElementCount / rows));
        var weights = checkpoint.Singles(layer.Tensor);
        var calibration = settings.Calibration?.Find(layer.Tensor, rows, columns);
        var candidates = new List<Candidate>();
        foreach (var options in layer.Fixed ? [layer.Options] : ways)
        {
            if (enough is not null && candidates.Count > 0 && options.Bits > candidates[^1].Options.Bits && candidates.Any(enough))
            {
                break;
            }

            cancellation.ThrowIfCancellationRequested();
            LayerMemory.Release();
            var coded = LayerCoder.Encode(weights, rows, columns, options, calibration, layer.Tensor, settings.Threads, cancellation, settings.Tables);
            cache.Add(layer.Tensor, options, coded);

            // The compressor carries a weight that would not get smaller: it takes its own room and loses nothing.
            candidates.Add(CheckpointCompressor.GrowthOf(checkpoint, layer with { Options = options }, coded, settings.Tables) is null
                ? Candidate.Of(options, coded, divergence(options))
                : Candidate.Carried(options, info.ByteLength, coded, divergence(options)));
        }

        var weight = criterion ? LayerCriterion.Of(weights, rows, columns, calibration?.Gram, settings.Threads, cancellation) : 0;
        return new LayerCandidates(layer, info.ElementCount, weight, candidates);
    }
}
