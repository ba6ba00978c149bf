namespace Reparam.Compression.Allocation;

/// <summary>How far the measuring of codings is.</summary>
/// <param name="Done">Layers measured.</param>
/// <param name="Total">Layers to measure.</param>
/// <param name="Tensor">The layer that was measured last, or is being measured now.</param>
public readonly record struct AllocationProgress(int Done, int Total, string Tensor);
