namespace Reparam.Merging;

/// <summary>How far an operation is.</summary>
/// <param name="Done">Tensors finished.</param>
/// <param name="Total">Tensors in all.</param>
/// <param name="Tensor">The tensor that was finished last.</param>
public sealed record OperationProgress(int Done, int Total, string Tensor);
