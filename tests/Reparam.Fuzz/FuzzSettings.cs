namespace Reparam.Fuzz;

/// <summary>How readers are tried.</summary>
/// <param name="Seed">Number of the sequence of mutated files; the same number gives the same files.</param>
/// <param name="First">Number of the first run; with <paramref name="Seed"/> it gives one file again.</param>
/// <param name="Runs">How many files each reader gets.</param>
/// <param name="MemoryLimit">Maximum bytes that one run may allocate.</param>
/// <param name="Out">Folder for files that fail; null to keep none.</param>
internal sealed record FuzzSettings(int Seed, long First, long Runs, long MemoryLimit, string? Out);
