using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Compression.Json;

namespace Reparam.Compression.Plans;

/// <summary>What the compiler says of one marked class; docs/formats/manifest.md.</summary>
public sealed record ModuleManifest
{
    /// <summary>True for a class without a mark: its layers have the methods of the classes that reach it, by their <see cref="Below"/>.</summary>
    public bool Reached { get; init; }

    /// <summary>Its layers.</summary>
    public ImmutableArray<ManifestLayer> Layers { get => field.IsDefault ? [] : field; init; }

    /// <summary>What methods reach weights that are not listed.</summary>
    public ImmutableArray<ManifestBelow> Below { get => field.IsDefault ? [] : field; init; }

    /// <summary>Its layers with weights that no method codes.</summary>
    public ImmutableArray<ManifestOther> Others { get => field.IsDefault ? [] : field; init; }

    /// <summary>Its members of marked classes.</summary>
    public ImmutableArray<ManifestChild> Children { get => field.IsDefault ? [] : field; init; }

    /// <summary>Every tensor that the class itself adds to a state dict, as far as it shows; the default array: an older compiler, which told none.</summary>
    public ImmutableArray<ManifestTensor> Tensors { get; init; }

    /// <summary>Pairs of names that are one tensor.</summary>
    public ImmutableArray<ImmutableArray<string>> Tied { get => field.IsDefault ? [] : field; init; }

    /// <summary>Paths below which anything may lie; the empty path is the class itself, its children apart.</summary>
    public ImmutableArray<string> Open { get => field.IsDefault ? [] : field; init; }

    /// <summary>Where the outputs of its components go; the default array: an older compiler, which told none.</summary>
    public ImmutableArray<ManifestEdge> Edges { get; init; }

    /// <summary>The class that its blocks fold into; null for a class that is no structure.</summary>
    public ManifestFolded? Folded { get; init; }

    /// <summary>Reads the JSON of one class.</summary>
    /// <exception cref="JsonException">It is no manifest.</exception>
    public static ModuleManifest Parse(string json) =>
        StrictJson.Read(json, PlanJson.Default.ModuleManifest);
}
