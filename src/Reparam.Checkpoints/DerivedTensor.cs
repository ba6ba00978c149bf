namespace Reparam.Checkpoints;

/// <summary>One kind of tensor that a model need not have.</summary>
/// <param name="Name">Its last name: what stands behind the last dot.</param>
/// <param name="Reason">Why nothing is lost without it.</param>
/// <param name="HasShape">Whether it has a shape.</param>
public sealed record DerivedTensor(string Name, string Reason, TensorShapeRule HasShape);
