using System.Collections.Immutable;

namespace Reparam.Compression.Plans;

/// <summary>What the compiler says of one marked class; docs/formats/manifest.md.</summary>
public sealed record ModuleManifest
{
    /// <summary>Its layers.</summary>
    public ImmutableArray<ManifestLayer> Layers { get => field.IsDefault ? [] : field; init; }

    /// <summary>Its members of marked classes.</summary>
    public ImmutableArray<ManifestChild> Children { get => field.IsDefault ? [] : field; init; }
}
