using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>Where the output of a component goes, in a manifest.</summary>
/// <param name="From">State-dict path of the component; <c>:x</c> for the parameter x of forward.</param>
/// <param name="To">Paths of what takes it, <c>path:x</c> for the parameter x of a marked class, <c>:return</c> for the caller.</param>
/// <param name="Kind">feeds, batchNorm, gates or adds; null where the flow is unclear.</param>
/// <param name="Step">first, next or last, where a list is at an end of the edge; else null.</param>
/// <param name="IsConditional">True if only some runs go this way.</param>
/// <param name="IsSole">True if all of the output goes where the edges <c>feeds</c> and <c>batchNorm</c> of this component say.</param>
/// <param name="Detail">Name and JSON value of one more member, such as the activation of a gate; null for none.</param>
/// <param name="Unclear">Why the flow cannot be told; else null.</param>
/// <param name="IsClosed">True if only the flow around an unclear component is, and nothing else uses what is inside.</param>
internal sealed record ManifestEdge(
    string From, EquatableArray<string> To, string? Kind, string? Step, bool IsConditional, bool IsSole, ManifestOption? Detail, string? Unclear,
    bool IsClosed = false);
