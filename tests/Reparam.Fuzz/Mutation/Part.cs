namespace Reparam.Fuzz.Mutation;

/// <summary>A piece of a file that is mutated by its own rules.</summary>
/// <param name="Bytes">The content.</param>
/// <param name="IsJson">True for a JSON document: its values and members are mutated too, not only its bytes.</param>
internal sealed record Part(byte[] Bytes, bool IsJson);
