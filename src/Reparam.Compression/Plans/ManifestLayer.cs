using System.Text.Json;

namespace Reparam.Compression.Plans;

/// <summary>A layer of a marked class.</summary>
public sealed record ManifestLayer
{
    private static readonly Dictionary<string, JsonElement> None = [];

    /// <summary>State-dict path below the class; <c>*</c> stands for the indices of a list, <c>?</c> for any name.</summary>
    public required string Path { get; init; }

    /// <summary>linear, conv1d, conv2d or embedding.</summary>
    public required string Kind { get; init; }

    /// <summary>True: other modules may have the path too, and what has another shape is none of this layer's.</summary>
    public bool Some { get; init; }

    /// <summary>Name of its post-training method; null when it has none.</summary>
    public string? Method { get; init; }

    /// <summary>
    /// Why it has no method though one is near: <c>ignored</c>, <c>targets</c> (those of a wider scope do not take it) or <c>kind</c> (the method is for
    /// others); null where it has one, and where nothing is near.
    /// </summary>
    public string? Why { get; init; }

    /// <summary>The options that the annotation writes, camelCase; empty when there are none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get => field ?? None; init; }

    /// <summary>What maps its input in training; null where nothing does.</summary>
    public ManifestInputMap? InputMap { get; init; }
}
