using System.Collections.Immutable;

namespace Reparam.Merging;

/// <summary>What an operation did, or would do.</summary>
public sealed record OperationReport
{
    /// <summary>Path of the file that was written, or of the shards' index; null when nothing was to be written.</summary>
    public string? Written { get; init; }

    /// <summary>Name of the operation.</summary>
    public required string Operation { get; init; }

    /// <summary>Number of inputs, without the base.</summary>
    public required int Inputs { get; init; }

    /// <summary>Tensors that were merged, in ordinal order.</summary>
    public required ImmutableArray<string> Merged { get; init; }

    /// <summary>Values in them.</summary>
    public required long Elements { get; init; }

    /// <summary>Tensors that were copied, in ordinal order.</summary>
    public required ImmutableArray<CopiedTensor> Copied { get; init; }

    /// <summary>What the operation found out, as JSON by name: weights that it computed.</summary>
    public required ImmutableSortedDictionary<string, string> Found { get; init; }

    /// <summary>What the user should know.</summary>
    public required ImmutableArray<OperationProblem> Warnings { get; init; }
}
