using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging;

/// <summary>The plan of a build for one operation, which the build writes and the worker reads.</summary>
public sealed record OperationPlan
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Version of the form; 1.</summary>
    public required int Version { get; init; }

    /// <summary>Name of the operation.</summary>
    public required string Method { get; init; }

    /// <summary>Full paths of the inputs.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>Full path of the base; null for none.</summary>
    public string? Base { get; init; }

    /// <summary>Full path of the file to write.</summary>
    public required string Output { get; init; }

    /// <summary>Full path of the stamp, which is written last.</summary>
    public required string Stamp { get; init; }

    /// <summary>Threads to use, 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Type of merged tensors; null for that of the base or the first input.</summary>
    public string? DType { get; init; }

    /// <summary>Patterns of tensors that are copied.</summary>
    public ImmutableArray<string> Keep { get; init; } = [];

    /// <summary>Patterns of tensors that are left out.</summary>
    public ImmutableArray<string> Skip { get; init; } = [];

    /// <summary>Full paths of assemblies that hold further operations.</summary>
    public ImmutableArray<string> Extensions { get; init; } = [];

    /// <summary>Options of the operation, as the item has them.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Reads a plan.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    /// <exception cref="CheckpointOperationException">RPB0176: it is no plan.</exception>
    public static OperationPlan Read(string path)
    {
        try
        {
            var plan = JsonSerializer.Deserialize<OperationPlan>(InputFile.ReadJson(path), Strict) ?? throw new JsonException("found null, expected an object");
            return plan.Version == 1 ? plan : throw new JsonException($"found version {plan.Version}, expected 1");
        }
        catch (JsonException exception)
        {
            throw new CheckpointOperationException(path, OperationCodes.UnreadablePlan, $"the plan cannot be read: {exception.Message}");
        }
    }

    /// <summary>The operation that it asks for.</summary>
    /// <param name="beforeCommit">Called before the result takes its place.</param>
    /// <exception cref="CheckpointOperationException">RPB0171: the type has no such name.</exception>
    public OperationRequest ToRequest(Action<IReadOnlyDictionary<string, string>>? beforeCommit) => new()
    {
        Operation = Method,
        Inputs = Inputs,
        Base = Base,
        Output = Output,
        Options = [.. Options],
        Keep = Keep,
        Skip = Skip,
        DType = OperationDType.Read(DType, Inputs is [var first, ..] ? first : Output),
        Threads = Threads,
        BeforeCommit = beforeCommit,
    };
}
