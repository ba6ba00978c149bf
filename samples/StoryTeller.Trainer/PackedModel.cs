using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;

namespace StoryTeller.Trainer;

/// <summary>A packed file as the build would make it, and what it is worth.</summary>
/// <param name="StoredBits">Bytes of the coded weights, shared tables included, over their number, in bits.</param>
/// <param name="NatsPerToken">Loss on the text that measures.</param>
public sealed record PackedModel(double StoredBits, double NatsPerToken)
{
    /// <summary>Compresses a checkpoint and measures the packed file.</summary>
    /// <param name="checkpoint">The dense weights.</param>
    /// <param name="layers">How each layer is coded.</param>
    /// <param name="calibration">A calibration file; null for none.</param>
    /// <param name="measure">Measures the loss of a model file.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static PackedModel Make(
        string checkpoint, ImmutableArray<LayerPlan> layers, string? calibration, Func<string, double> measure, CancellationToken cancellation)
    {
        var packed = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var dense = Checkpoint.Open(checkpoint);
            using (var file = calibration is null ? null : CalibrationFile.Open(calibration, threads: 1, cancellation))
            {
                CheckpointCompressor.Compress(dense, layers, packed, new CompressionSettings { Calibration = file }, cancellation: cancellation);
            }

            return new PackedModel(BitsOf(packed, dense, layers), measure(packed));
        }
        finally
        {
            File.Delete(packed);
        }
    }

    // What is in the packed file and was not there before.
    private static double BitsOf(string path, ICheckpoint dense, ImmutableArray<LayerPlan> layers)
    {
        using var packed = Checkpoint.Open(path);
        var bytes = packed.Names.Where(name => !dense.Contains(name)).Sum(name => packed.Info(name).ByteLength);
        return 8.0 * bytes / layers.Sum(layer => dense.Info(layer.Tensor).ElementCount);
    }
}
