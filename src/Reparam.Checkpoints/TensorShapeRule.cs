namespace Reparam.Checkpoints;

/// <summary>Whether a shape is one of a kind.</summary>
/// <param name="shape">Dimensions, slowest first; empty for a scalar.</param>
public delegate bool TensorShapeRule(ReadOnlySpan<long> shape);
