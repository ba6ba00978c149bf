using Reparam.Checkpoints.Packed;

namespace Reparam.Compression;

/// <summary>How a checkpoint is compressed, whatever its layers.</summary>
public sealed record CompressionSettings
{
    /// <summary>Cores to use; 0, the default, for all. The bytes do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Second moments of the layers' inputs; null, the default, codes by weight error alone.</summary>
    public Calibration.ICalibration? Calibration { get; init; }

    /// <summary>Sessions of the layers' methods, with what layers share; null, the default, for new ones over the layers.</summary>
    public Methods.CodingSessions? Sessions { get; init; }

    /// <summary>Codings that are there already; null, the default, for none.</summary>
    public Allocation.CodedLayerCache? Coded { get; init; }

    /// <summary>Codings of earlier runs, on the disk; null, the default, for none. The bytes of the packed file do not depend on it.</summary>
    public Cache.CodingCache? Cache { get; init; }

    /// <summary>Why tensors are not among the layers, for the report; null, the default, or a tensor that is not in it, for what type and shape tell.</summary>
    public IReadOnlyDictionary<string, Plans.CopyReason>? Copied { get; init; }

    /// <summary>Largest ‖W − Q‖ / ‖W‖ that any layer may have; null, the default, for no limit.</summary>
    public double? MaxWeightError { get; init; }

    /// <summary>Maximum bytes of tensor data in one of the shards that the packed file is written in; null, the default, for one file.</summary>
    public long? ShardBytes { get; init; }

    /// <summary>
    /// Reads the packed file before it is put in its place, such as a check that every kernel of the machine multiplies with it rightly. What it throws ends
    /// the work with nothing written. Null, the default, for none.
    /// </summary>
    public Action<PackedFile, CancellationToken>? Review { get; init; }

    /// <summary>
    /// Called with the checkpoint's hash when the packed file is written whole and not yet in its place: an exception keeps it from there. Null, the default,
    /// for nothing.
    /// </summary>
    public Action<string>? BeforeCommit { get; init; }

    /// <summary>Tensors that are left out of the packed file; null, the default, for none.</summary>
    public IReadOnlySet<string>? LeftOut { get; init; }
}
