namespace Reparam.Compression.Structures;

/// <summary>A block cannot be folded.</summary>
/// <param name="message">Names the block and the tensor, what was found and what was expected.</param>
public sealed class StructureException(string message) : Exception(message);
