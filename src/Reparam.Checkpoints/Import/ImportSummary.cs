namespace Reparam.Checkpoints.Import;

/// <summary>What an import read and wrote.</summary>
/// <param name="Format">The format that was read.</param>
/// <param name="Tensors">Number of tensors written.</param>
/// <param name="Elements">Number of values written.</param>
/// <param name="Skipped">What the file holds and the result does not, one sentence each.</param>
/// <param name="UnusedPatterns">Patterns of <see cref="ImportOptions.Skip"/> that no name matches.</param>
public sealed record ImportSummary(ImportFormat Format, int Tensors, long Elements, IReadOnlyList<string> Skipped, IReadOnlyList<string> UnusedPatterns)
{
    /// <summary>Path of the file that was written, or of the shards' index.</summary>
    public required string Written { get; init; }
}
