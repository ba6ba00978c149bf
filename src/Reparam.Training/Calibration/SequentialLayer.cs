using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;

namespace Reparam.Training;

/// <summary>A layer that was coded behind the coded layers before it.</summary>
/// <param name="Plan">Its weight and the options that it was coded with.</param>
/// <param name="Calibration">Inputs behind the coded prefix, and the target; null for an embedding, which has none.</param>
/// <param name="Coded">What came out.</param>
public sealed record SequentialLayer(LayerPlan Plan, LayerCalibration? Calibration, CodedLayer Coded);
