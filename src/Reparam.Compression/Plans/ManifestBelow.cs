using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Compression.Plans;

/// <summary>A method for the weights below a path that no manifest lists: the checkpoint tells their names, and their shapes tell the kind of layer.</summary>
public sealed record ManifestBelow
{
    private static readonly Dictionary<string, JsonElement> None = [];

    /// <summary>State-dict path below the class, with <c>*</c> and <c>?</c> as in a layer's; empty for the whole class.</summary>
    public required string Path { get; init; }

    /// <summary>Kinds of layers that it concerns.</summary>
    public ImmutableArray<string> Kinds { get => field.IsDefault ? [] : field; init; }

    /// <summary>Name of the post-training method; null: what lies here has none, though a wider path has one.</summary>
    public string? Method { get; init; }

    /// <summary>The options that the annotation writes, camelCase; empty when there are none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get => field ?? None; init; }

    /// <summary>What maps the layers' inputs in training; null where nothing does.</summary>
    public ManifestInputMap? InputMap { get; init; }

    /// <summary>Regular expression that a layer's path below the class must match as a whole; null takes all.</summary>
    public string? Targets { get; init; }

    /// <summary>The layer that a weight is; null where the method concerns none of its kind or shape.</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="known">Its kind where a manifest tells it, empty for a layer of no kind; null where the shape must tell.</param>
    /// <param name="rank">Number of dimensions of its weight.</param>
    public ManifestLayer? LayerOf(string path, string? known, int rank) =>
        Kinds.FirstOrDefault(kind => (known is null || kind == known) && WeightShapes.RankOf(kind) == rank) is { } kind
            ? new ManifestLayer { Path = path, Kind = kind, Some = true, Method = Method, Options = Options, InputMap = InputMap }
            : null;
}
