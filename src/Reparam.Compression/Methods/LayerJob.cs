using Reparam.Compression.Calibration;

namespace Reparam.Compression.Methods;

/// <summary>One weight to code.</summary>
/// <param name="Tensor">Name of the weight, for messages.</param>
/// <param name="Weights">[rows, columns], all finite.</param>
/// <param name="Rows">Outputs, at least 1.</param>
/// <param name="Columns">Inputs of one output, at least 1.</param>
/// <param name="Options">How it is coded.</param>
/// <param name="Calibration">Second moments of the layer's inputs, and weights to code in place of its own; null codes by weight error alone.</param>
/// <param name="Threads">Cores to use; 0 for all. The bytes must not depend on it.</param>
/// <param name="Cancellation">Ends the work.</param>
public sealed record LayerJob(
    string Tensor, ReadOnlyMemory<float> Weights, int Rows, int Columns, MethodOptions Options, LayerCalibration? Calibration = null, int Threads = 0,
    CancellationToken Cancellation = default)
{
    /// <summary>
    /// The layer's state that the method reads (<see cref="PostTrainingMethod.StateNames"/>), by name below the layer; each in the order of its elements.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> State { get; init; } = LayerState.None;

    /// <summary>Input channels of the weight, each with as many neighbouring columns; of a weight with two dimensions the columns.</summary>
    public int Channels { get; init; } = Columns;

    /// <summary>True: an embedding, whose rows are looked up; it has no inputs and no state of an input map. Default false.</summary>
    public bool IsLookedUp { get; init; }

    /// <summary>What is to be approximated, [rows, columns]: the calibration's target, or the weights.</summary>
    public ReadOnlyMemory<float> Target => Calibration?.Target ?? Weights;
}
