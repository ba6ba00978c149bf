namespace Reparam.Compression.Calibration;

/// <summary>What calibration knows of one layer.</summary>
/// <param name="Gram">Second moments of the inputs that the layer will see.</param>
/// <param name="Target">
/// [rows, columns] weights to code in place of the layer's own, so that inputs from a compressed prefix still give the float model's outputs; null for
/// the layer's own.
/// </param>
public sealed record LayerCalibration(Gram Gram, ReadOnlyMemory<float>? Target = null)
{
    /// <summary>Refuses weights, a target and second moments that do not fit the shape.</summary>
    internal static void RequireFit(LayerCalibration? calibration, ReadOnlyMemory<float> weights, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var target = calibration?.Target ?? weights;
        if (weights.Length != (long)rows * columns || target.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{weights.Length} weights and a target of {target.Length} do not fill {rows} × {columns}", nameof(weights));
        }

        if (calibration is { Gram: var gram } && (gram.Columns != columns || gram.Values.Length != (long)columns * columns))
        {
            throw new ArgumentException(
                $"second moments of {gram.Columns} inputs in {gram.Values.Length} values do not fit {columns} columns", nameof(calibration));
        }
    }
}
