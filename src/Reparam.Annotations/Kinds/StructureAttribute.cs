namespace Reparam;

/// <summary>A structure: a block that folds into a smaller one, or a slice of a larger one.</summary>
public abstract class StructureAttribute : ReparamAttribute;
