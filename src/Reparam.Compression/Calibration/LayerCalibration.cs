namespace Reparam.Compression.Calibration;

/// <summary>What calibration knows of one layer.</summary>
/// <param name="Gram">Second moments of the inputs that the layer will see.</param>
/// <param name="Target">
/// [rows, columns] weights to code in place of the layer's own, so that inputs from a compressed prefix still give the float model's outputs; null for
/// the layer's own.
/// </param>
public sealed record LayerCalibration(Gram Gram, ReadOnlyMemory<float>? Target = null);
