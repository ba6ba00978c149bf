using System.Collections.Immutable;
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
    /// <summary>The widths that a layer is tried at.</summary>
    public static ImmutableArray<int> Widths { get; } = [2, 3, 4];

    /// <summary>Codes a layer in its own layout.</summary>
    /// <param name="layer">The layer; a fixed one has its own width alone.</param>
    /// <param name="widths">The widths to try, in rising order.</param>
    /// <param name="divergence">Finds what a coding costs the whole model.</param>
    /// <param name="criterion">Whether the paper's criterion is asked for.</param>
    /// <param name="enough">Ends the tries once a width is good enough.</param>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    public LayerCandidates Measure(
        LayerPlan layer, IEnumerable<int> widths, Func<ShiftAddOptions, double?> divergence, bool criterion, Func<Candidate, bool>? enough = null)
    {
        var info = checkpoint.Info(layer.Tensor);
        var rows = checked((int)info.Shape[0]);
        var columns = checked((int)(info.ElementCount / rows));
        var weights = checkpoint.Singles(layer.Tensor);
        var calibration = settings.Calibration?.Find(layer.Tensor, rows, columns);
        var candidates = new List<Candidate>();
        foreach (var bits in layer.Fixed ? [layer.Options.Bits] : widths)
        {
            cancellation.ThrowIfCancellationRequested();
            var options = layer.Options with { Bits = bits };
            var coded = LayerCoder.Encode(weights, rows, columns, options, calibration, layer.Tensor, settings.Threads, cancellation, settings.Tables);
            cache.Add(layer.Tensor, options, coded);
            candidates.Add(Candidate.Of(options, coded, divergence(options)));
            if (enough?.Invoke(candidates[^1]) == true)
            {
                break;
            }
        }

        var weight = criterion ? LayerCriterion.Of(weights, rows, columns, calibration?.Gram, settings.Threads, cancellation) : 0;
        return new LayerCandidates(layer, info.ElementCount, weight, candidates);
    }
}
