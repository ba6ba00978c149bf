using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Merging;

/// <summary>An operation with its checkpoints and options.</summary>
public sealed record OperationRequest
{
    /// <summary>Name of the operation.</summary>
    public required string Operation { get; init; }

    /// <summary>The inputs: safetensors files, indexes of shards, folders with one of them, or files of a format that <c>reparam import</c> reads.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>The checkpoint that the inputs were trained from; null for none.</summary>
    public string? Base { get; init; }

    /// <summary>The file to write, or the name of its shards. Its folder must exist.</summary>
    public required string Output { get; init; }

    /// <summary>Options of the operation as text, by name. What is left out has its default.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Options { get; init; } = [];

    /// <summary>Patterns of tensors that are copied instead of merged. They need not be in all checkpoints.</summary>
    public ImmutableArray<string> Keep { get; init; } = [];

    /// <summary>Patterns of tensors that the result does not get.</summary>
    public ImmutableArray<string> Skip { get; init; } = [];

    /// <summary>Type of merged tensors: F64, F32, F16 or BF16. Null for that of the base, or without one of the first input.</summary>
    public DType? DType { get; init; }

    /// <summary>Most bytes of tensor data in one shard; null for one file.</summary>
    public long? ShardBytes { get; init; }

    /// <summary>Threads to use, 0 for one a core. The bytes do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Called when all bytes are written, before the file takes its place, with the SHA-256 of each checkpoint by the path that was given. What it throws
    /// leaves the old file in place. Null for none.
    /// </summary>
    public Action<IReadOnlyDictionary<string, string>>? BeforeCommit { get; init; }
}
