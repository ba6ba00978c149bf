namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>An object of a class that is not understood. What it is made of is dropped.</summary>
internal sealed record PickleOpaque(string ClassName);
