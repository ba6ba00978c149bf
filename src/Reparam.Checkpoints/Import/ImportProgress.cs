namespace Reparam.Checkpoints.Import;

/// <summary>How far an import is.</summary>
/// <param name="Done">Tensors written.</param>
/// <param name="Total">Tensors to write.</param>
/// <param name="Tensor">Name of the last one written.</param>
public readonly record struct ImportProgress(int Done, int Total, string Tensor);
