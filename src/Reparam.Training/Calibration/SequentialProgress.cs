using Reparam.Compression;

namespace Reparam.Training;

/// <summary>How far a sequential compression is.</summary>
/// <param name="Done">Layers coded.</param>
/// <param name="Total">Layers to code.</param>
/// <param name="Tensor">The layer that was coded last, or is being coded now.</param>
/// <param name="Coded">What came out; null when the layer is about to be coded.</param>
public readonly record struct SequentialProgress(int Done, int Total, string Tensor, CodedLayer? Coded);
