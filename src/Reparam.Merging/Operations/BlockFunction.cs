namespace Reparam.Merging;

/// <summary>Fills <see cref="TensorBlock.Result"/> from the block's inputs.</summary>
/// <param name="block">Consecutive elements of one tensor.</param>
public delegate void BlockFunction(TensorBlock block);
