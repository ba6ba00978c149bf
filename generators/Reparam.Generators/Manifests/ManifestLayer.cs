using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>A layer in a manifest.</summary>
/// <param name="Path">State-dict path below the class; empty for the class itself; <c>*</c> stands for the indices of a list.</param>
/// <param name="Kind">linear, conv1d, conv2d or embedding.</param>
/// <param name="Method">Name of its post-training method; null if it has none.</param>
/// <param name="Options">The written options as a JSON object's members: name and JSON value.</param>
/// <param name="Input">What maps its input; null if nothing does.</param>
/// <param name="IsSome">True if other modules may have the path too, so that the weight's shape tells which it is.</param>
/// <param name="Why">Why it has no post-training method though one is near: ignored, targets or kind; null else.</param>
internal sealed record ManifestLayer(
    string Path, string Kind, string? Method, EquatableArray<ManifestOption> Options, ManifestInputMap? Input = null, bool IsSome = false, string? Why = null);
