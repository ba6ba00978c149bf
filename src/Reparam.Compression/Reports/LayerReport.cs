using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Reports;

/// <summary>What became of one weight.</summary>
public sealed record LayerReport
{
    /// <summary>Name of the weight.</summary>
    public required string Tensor { get; init; }

    /// <summary>Name of the method.</summary>
    public required string Method { get; init; }

    /// <summary>Shape of the weight.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>Type that it was stored in.</summary>
    public required DType SourceType { get; init; }

    /// <summary>How it was coded.</summary>
    public required ShiftAddOptions Options { get; init; }

    /// <summary>Bytes of the source tensor.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>Bytes of codes and scales.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>‖W − Q‖².</summary>
    public required double SquaredError { get; init; }

    /// <summary>‖W‖².</summary>
    public required double SquaredNorm { get; init; }

    /// <summary>Number of weights.</summary>
    public long Weights => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Stored bits, scales included, per weight.</summary>
    public double BitsPerWeight => 8.0 * StoredBytes / Weights;

    /// <summary>‖W − Q‖ / ‖W‖; 0 for zeros.</summary>
    public double RelativeError => SquaredNorm == 0 ? 0 : Math.Sqrt(SquaredError / SquaredNorm);
}
