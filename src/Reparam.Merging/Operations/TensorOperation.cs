namespace Reparam.Merging;

/// <summary>Merges one tensor. Tensors are merged one after the other, in an order that says nothing.</summary>
/// <param name="tensor">The tensor in all inputs.</param>
public delegate TensorResult TensorOperation(TensorInputs tensor);
