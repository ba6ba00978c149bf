using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;

namespace Reparam.Training;

/// <summary>Codes a weight as the build will.</summary>
/// <param name="plan">The weight and its options.</param>
/// <param name="weights">The layer's own weights, [rows, columns].</param>
/// <param name="rows">Outputs of the layer.</param>
/// <param name="columns">Inputs of one output.</param>
/// <param name="calibration">Inputs and target; null for an embedding.</param>
internal delegate CodedLayer LayerEncoder(LayerPlan plan, float[] weights, int rows, int columns, LayerCalibration? calibration);
