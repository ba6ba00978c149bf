using System.Collections.Immutable;
using Reparam.Compression.Calibration;

namespace Reparam.Training;

/// <summary>What <see cref="SequentialCompression"/> found.</summary>
/// <param name="Layers">The layers, in the order in which they were coded.</param>
/// <param name="NotReached">Weights whose layers did not run: nothing is known of their inputs.</param>
public sealed record SequentialResult(ImmutableArray<SequentialLayer> Layers, ImmutableArray<string> NotReached)
{
    /// <summary>
    /// A calibration file with inputs, targets and the options of each layer. A build that codes these targets with these options gets the same codes.
    /// </summary>
    public CalibrationWriter ToCalibration()
    {
        var writer = new CalibrationWriter { Settings = CalibrationPlan.Of(Layers.Select(layer => layer.Plan)).ToJson() };
        foreach (var sharing in Layers.Where(layer => layer.Calibration is not null)
            .GroupBy(layer => layer.Calibration!.Gram, ReferenceEqualityComparer.Instance))
        {
            writer.Add([.. sharing.Select(layer => layer.Plan.Tensor)], sharing.First().Calibration!.Gram);
        }

        foreach (var layer in Layers)
        {
            if (layer.Calibration?.Target is { } target)
            {
                writer.AddTarget(layer.Plan.Tensor, target);
            }
        }

        return writer;
    }
}
