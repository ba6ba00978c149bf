using System.Collections.Immutable;
using Reparam.Compression.Allocation;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Reports;

/// <summary>What became of a checkpoint. It holds no times and no folders, so that the same input gives the same report.</summary>
public sealed record CompressionReport
{
    /// <summary>File name of the checkpoint.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>File name of the packed file.</summary>
    public required string Output { get; init; }

    /// <summary>SHA-256 of the checkpoint.</summary>
    public required string SourceHash { get; init; }

    /// <summary>The coded weights, in the order of the plan.</summary>
    public required ImmutableArray<LayerReport> Layers { get; init; }

    /// <summary>The bit plan that chose the widths; null where none did.</summary>
    public BitPlan? Allocation { get; init; }

    /// <summary>Tensors copied as they were, and why, in the order of the checkpoint.</summary>
    public required ImmutableArray<CopiedTensor> Copied { get; init; }

    /// <summary>Why weights of the model stay dense, as its manifests tell; empty where there was no plan.</summary>
    public ImmutableArray<(string Tensor, string Why)> Dense { get; init; } = [];

    /// <summary>Weights of the plan that would not get smaller, and so are copied: RPB0109, in the order of the plan.</summary>
    public ImmutableArray<CompressionProblem> Grown { get; init; } = [];

    /// <summary>What the steps of the plan did, in their order; empty where there was no plan.</summary>
    public ImmutableArray<StepReport> Steps { get; init; } = [];

    /// <summary>How many of the plan's weights were coded and how many an earlier run had coded; null where no cache was used.</summary>
    public CacheUse? Cache { get; init; }

    /// <summary>What the user should know of the cache. Not in the JSON.</summary>
    public ImmutableArray<string> CacheNotes { get; init; } = [];

    /// <summary>Bytes of what is copied.</summary>
    public long CopiedBytes => Copied.Sum(tensor => tensor.Bytes);

    /// <summary>Number of coded weights.</summary>
    public long Weights => Layers.Sum(layer => layer.Weights);

    /// <summary>Bytes of the coded weights in the checkpoint.</summary>
    public long SourceBytes => Layers.Sum(layer => layer.SourceBytes);

    /// <summary>Bytes of codes, scales and tables; a table that layers share counts once.</summary>
    public long StoredBytes => Layers.Sum(layer => layer.StoredBytes) + TableBytes;

    /// <summary>Bytes of the tables, each once.</summary>
    public long TableBytes =>
        (long)Math.Round(Layers.Where(layer => layer.TableBytes > 0).Sum(layer => (double)layer.TableBytes * layer.Weights / layer.TableWeights));

    /// <summary>Stored bits, scales and tables included, per coded weight.</summary>
    public double BitsPerWeight => Weights == 0 ? 0 : 8.0 * StoredBytes / Weights;

    /// <summary>What the coders could not do as asked.</summary>
    public IEnumerable<CompressionProblem> Warnings => [.. Grown, .. Layers.Select(layer => layer.Warning).OfType<CompressionProblem>()];

    /// <summary>What the coders did otherwise than asked, to no harm.</summary>
    public IEnumerable<string> Notes => Layers.Select(layer => layer.Note).OfType<string>();

    /// <summary>‖W − Q‖ / ‖W‖ over all coded weights.</summary>
    public double RelativeError => LayerReport.Relative(Layers.Sum(layer => layer.SquaredError), Layers.Sum(layer => layer.SquaredNorm));

    /// <summary>‖X·(W − Q)ᵀ‖ / ‖X·Wᵀ‖ over all coded weights with calibration; null if there are none.</summary>
    public double? RelativeOutputError
    {
        get
        {
            var calibrated = Layers.Where(layer => layer.RelativeOutputError is not null).ToArray();
            return calibrated.Length == 0
                ? null
                : LayerReport.Relative(calibrated.Sum(layer => layer.SquaredOutputError!.Value), calibrated.Sum(layer => layer.SquaredOutputNorm!.Value));
        }
    }
}
