namespace Reparam.Compression.Methods;

/// <summary>What every session is told.</summary>
/// <param name="Threads">Cores to use; 0 for all. The bytes must not depend on it.</param>
public sealed record SessionSettings(int Threads = 0);
