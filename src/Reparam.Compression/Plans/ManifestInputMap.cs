using System.Collections.Immutable;

namespace Reparam.Compression.Plans;

/// <summary>What maps a layer's input.</summary>
public sealed record ManifestInputMap
{
    /// <summary>Names of its state, below the layer.</summary>
    public ImmutableArray<string> State { get => field.IsDefault ? [] : field; init; }
}
