namespace Reparam.Compression;

/// <summary>How far a compression is.</summary>
/// <param name="Done">Layers coded.</param>
/// <param name="Total">Layers to code.</param>
/// <param name="Tensor">The layer that was coded last, or is being coded now.</param>
/// <param name="Layer">What came out; null when the layer is about to be coded, or is copied.</param>
/// <param name="Grown">Why the layer is copied instead; null if it is not.</param>
public readonly record struct CompressionProgress(int Done, int Total, string Tensor, Reports.LayerReport? Layer, Diagnostics.CompressionProblem? Grown = null);
