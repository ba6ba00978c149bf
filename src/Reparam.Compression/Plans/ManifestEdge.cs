using System.Collections.Immutable;

namespace Reparam.Compression.Plans;

/// <summary>Where the output of a component goes; docs/formats/manifest.md.</summary>
public sealed record ManifestEdge
{
    /// <summary>State-dict path of the component below the class; <c>:x</c> for the parameter x of forward.</summary>
    public required string From { get; init; }

    /// <summary>What takes it: paths, <c>path:x</c> for the parameter x of a marked class, <c>:return</c> for the caller.</summary>
    public ImmutableArray<string> To { get => field.IsDefault ? [] : field; init; }

    /// <summary>feeds, batchNorm, gates or adds; null where the flow is unclear.</summary>
    public string? Kind { get; init; }

    /// <summary>first, next or last where a list is at an end of the edge; null for elements of the same index, or no list.</summary>
    public string? Step { get; init; }

    /// <summary>Whether only some runs go this way.</summary>
    public bool Conditional { get; init; }

    /// <summary>Whether all of the output goes where the edges feeds and batchNorm of this component say.</summary>
    public bool Sole { get; init; }

    /// <summary>What the batch norm adds to the variance; null where it is no constant.</summary>
    public double? Eps { get; init; }

    /// <summary>The function of a gate; null for other edges.</summary>
    public string? Activation { get; init; }

    /// <summary>Why the flow cannot be told; null where it can.</summary>
    public string? Unclear { get; init; }

    /// <summary>Whether only the flow around an unclear component is unclear, and nothing else uses what is inside.</summary>
    public bool Closed { get; init; }
}
