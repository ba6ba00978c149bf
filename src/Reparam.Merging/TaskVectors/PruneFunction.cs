namespace Reparam.Merging;

/// <summary>Prunes the part of a task vector that a block covers.</summary>
/// <param name="input">The input, from 0.</param>
/// <param name="start">Index of the block's first element in the tensor.</param>
/// <param name="difference">Input minus base; what is pruned becomes 0.</param>
public delegate void PruneFunction(int input, long start, Span<double> difference);
