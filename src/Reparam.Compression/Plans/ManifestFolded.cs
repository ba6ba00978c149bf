using System.Text.Json;

namespace Reparam.Compression.Plans;

/// <summary>What a marked class folds into: the folded class's objects stand in the exported checkpoint and in the app.</summary>
public sealed record ManifestFolded
{
    private static readonly Dictionary<string, JsonElement> None = [];

    /// <summary>Full metadata name of the folded class.</summary>
    public required string Module { get; init; }

    /// <summary>Full metadata name of the structure method.</summary>
    public required string Method { get; init; }

    /// <summary>The options that the annotation writes, camelCase; empty when there are none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get => field ?? None; init; }
}
