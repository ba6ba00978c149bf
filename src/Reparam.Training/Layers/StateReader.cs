using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// How an emitted layer reads its latent and state: as they are in a forward, in float64 where a dense weight is computed to be rounded once.
/// </summary>
/// <param name="precision">Type to convert to; null reads as stored.</param>
public readonly struct StateReader(ScalarType? precision)
{
    /// <summary>A tensor of the layer in the reader's precision.</summary>
    /// <param name="state">Parameter or buffer.</param>
    public Tensor Read(Tensor state) => precision is { } type && state.dtype != type ? state.to(type) : state;

    /// <summary>An optional tensor of the layer in the reader's precision; null if the layer has none.</summary>
    /// <param name="state">Parameter or buffer, or null.</param>
    public Tensor? ReadOptional(Tensor? state) => state is null ? null : Read(state);
}
