namespace Reparam.Compression.Calibration;

/// <summary>Calibration of the layers of a checkpoint.</summary>
public interface ICalibration : IDisposable
{
    /// <summary>Path of the file, for messages.</summary>
    string Path { get; }

    /// <summary>What is known of the layer with this weight; null if nothing is.</summary>
    /// <param name="tensor">Name of the weight.</param>
    /// <param name="rows">Outputs of the layer.</param>
    /// <param name="columns">Inputs of one output.</param>
    /// <exception cref="Checkpoints.CheckpointException">The calibration does not fit the layer, or is not finite.</exception>
    LayerCalibration? Find(string tensor, int rows, int columns);
}
