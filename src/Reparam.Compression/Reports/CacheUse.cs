namespace Reparam.Compression.Reports;

/// <summary>What a cache of coded weights saved.</summary>
/// <param name="Coded">Weights of the plan that were coded.</param>
/// <param name="Read">Weights that an earlier run had coded.</param>
public sealed record CacheUse(int Coded, int Read);
