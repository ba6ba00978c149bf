using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Reports;

/// <summary>What became of one weight.</summary>
public sealed record LayerReport
{
    /// <summary>Name of the weight.</summary>
    public required string Tensor { get; init; }

    /// <summary>Name of the method.</summary>
    public string Method => Options.Method.Name;

    /// <summary>Shape of the weight.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>Type that it was stored in.</summary>
    public required DType SourceType { get; init; }

    /// <summary>How it was asked to be coded.</summary>
    public required MethodOptions Options { get; init; }

    /// <summary>Name of the format that it is stored in.</summary>
    public required string Layout { get; init; }

    /// <summary>Bytes of the source tensor.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>Bytes of codes and scales.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Bytes of the table that the weight is coded with; the file holds it once.</summary>
    public long TableBytes { get; init; }

    /// <summary>Number of weights, of this layer and others, that are coded with that table.</summary>
    public long TableWeights { get; init; }

    /// <summary>‖W − Q‖².</summary>
    public required double SquaredError { get; init; }

    /// <summary>‖W‖².</summary>
    public required double SquaredNorm { get; init; }

    /// <summary>‖X·(W − Q)ᵀ‖² a token over the calibration inputs; null without calibration.</summary>
    public double? SquaredOutputError { get; init; }

    /// <summary>‖X·Wᵀ‖² a token over the same inputs.</summary>
    public double? SquaredOutputNorm { get; init; }

    /// <summary>What the coder could not do as asked; null if nothing.</summary>
    public CompressionProblem? Warning { get; init; }

    /// <summary>What the coder did otherwise than asked, to no harm; null if nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What the coder tried where it was free to choose, its choice included; empty where it was not.</summary>
    public ImmutableArray<CodingTrial> Tried { get; init; } = [];

    /// <summary>Whether an earlier run coded the weight and it was read from the cache.</summary>
    public bool IsCached { get; init; }

    /// <summary>Number of weights.</summary>
    public long Weights => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Stored bits per weight, scales and this layer's part of its table included.</summary>
    public double BitsPerWeight => 8.0 * StoredBytes / Weights + (TableBytes == 0 ? 0 : 8.0 * TableBytes / TableWeights);

    /// <summary>‖W − Q‖ / ‖W‖; 0 for zeros.</summary>
    public double RelativeError => Relative(SquaredError, SquaredNorm);

    /// <summary>‖X·(W − Q)ᵀ‖ / ‖X·Wᵀ‖ over the calibration inputs; null without calibration.</summary>
    public double? RelativeOutputError => SquaredOutputError is { } error && SquaredOutputNorm is { } norm ? Relative(error, norm) : null;

    /// <summary>The report of a coding, its table left out.</summary>
    internal static LayerReport Of(LayerPlan layer, TensorInfo info, CodedLayer coded) => new()
    {
        Tensor = layer.Tensor,
        Shape = info.Shape,
        SourceType = info.DType,
        Options = layer.Options,
        SourceBytes = info.ByteLength,
        StoredBytes = coded.Matrix.StoredBytes,
        SquaredError = coded.SquaredError,
        SquaredNorm = coded.SquaredNorm,
        SquaredOutputError = coded.SquaredOutputError,
        SquaredOutputNorm = coded.SquaredOutputNorm,
        Layout = coded.Matrix.Format.Name,
        Warning = coded.Warning,
        Note = coded.Note,
        Tried = coded.Tried,
        IsCached = coded.IsCached,
    };

    /// <summary>√(error / norm); 0 where the norm is 0.</summary>
    internal static double Relative(double squaredError, double squaredNorm) => squaredNorm == 0 ? 0 : Math.Sqrt(squaredError / squaredNorm);
}
