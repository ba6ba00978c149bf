namespace Reparam.Compression.Calibration;

/// <summary>Where a calibration file keeps what it knows of a layer.</summary>
public sealed record CalibrationLayer
{
    /// <summary>Tensor [columns, columns] of the input's second moments, or [tokens, columns] of raw inputs. Layers with the same input share one.</summary>
    public required string Gram { get; init; }

    /// <summary>Input vectors seen; at least 1.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tensor [rows, columns] of the weights to code in place of the layer's own; null for none.</summary>
    public string? Target { get; init; }
}
