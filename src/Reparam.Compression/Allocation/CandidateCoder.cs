using Reparam.Checkpoints;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>Codes layers at several widths and keeps what came out.</summary>
/// <param name="checkpoint">The dense checkpoint.</param>
/// <param name="settings">Cores and calibration.</param>
/// <param name="sessions">The layers' methods at work.</param>
/// <param name="cache">Takes the codings.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class CandidateCoder(
    ICheckpoint checkpoint, CompressionSettings settings, CodingSessions sessions, CodedLayerCache cache, CancellationToken cancellation)
{
    /// <summary>Codes a layer in several ways.</summary>
    /// <param name="layer">The layer; a fixed one has its own coding alone.</param>
    /// <param name="ways">The codings to try, in rising width.</param>
    /// <param name="divergence">Finds what a coding costs the whole model.</param>
    /// <param name="criterion">Whether the paper's criterion is asked for.</param>
    /// <param name="enough">Ends the tries behind a width that is good enough.</param>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="UncodableLayerException">The method cannot code the layer so.</exception>
    public LayerCandidates Measure(
        LayerPlan layer, Func<LadderLayer, IEnumerable<LadderStep>> ways, Func<MethodOptions, double?> divergence, bool criterion,
        Func<Candidate, bool>? enough = null)
    {
        var info = checkpoint.Info(layer.Tensor);
        var job = LayerJobs.Of(checkpoint, layer, settings, cancellation);
        var (weights, rows, columns, calibration) = (job.Weights, job.Rows, job.Columns, job.Calibration);
        var candidates = new List<Candidate>();
        foreach (var step in layer.Fixed ? [new LadderStep(layer.Options)] : ways(new LadderLayer(layer.Tensor, rows, columns)))
        {
            var options = step.Options;
            if (enough is not null && candidates.Count > 0 && options.Method.NominalBits(options) > candidates[^1].Bits && candidates.Any(enough))
            {
                break;
            }

            cancellation.ThrowIfCancellationRequested();
            LayerMemory.Release();
            var coded = sessions.Encode(job with { Options = options }, settings.Cache);
            cache.Add(layer.Tensor, options, coded);

            // The compressor copies a weight that would not get smaller: it takes its own bytes and loses nothing.
            candidates.Add(CheckpointCompressor.GrowthOf(checkpoint, layer with { Options = options }, coded, sessions) is null
                ? Candidate.Of(step, coded, divergence(options))
                : Candidate.Copied(step, info.ByteLength, coded, divergence(options)));
        }

        var weight = criterion ? LayerCriterion.Of(weights, rows, columns, calibration?.Gram, settings.Threads, cancellation) : 0;
        return new LayerCandidates(layer, info.ElementCount, weight, candidates);
    }
}
