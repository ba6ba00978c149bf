namespace Reparam.Fuzz.Mutation;

/// <summary>A good file that mutated ones are made of.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">The file.</param>
internal sealed record Seed(string Name, byte[] Bytes);
