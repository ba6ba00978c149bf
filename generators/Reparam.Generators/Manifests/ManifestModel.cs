using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>What the build needs to know of a marked class; docs/formats/manifest.md.</summary>
/// <param name="Module">Full metadata name of the class.</param>
/// <param name="IsRoot">True for <c>[ReparamModel]</c>.</param>
/// <param name="Layers">Every layer of the class.</param>
/// <param name="Children">Every child of a marked class.</param>
internal sealed record ManifestModel(string Module, bool IsRoot, EquatableArray<ManifestLayer> Layers, EquatableArray<ManifestChild> Children);

/// <summary>A layer in a manifest.</summary>
/// <param name="Path">State-dict path below the class; <c>*</c> stands for the indices of a list.</param>
/// <param name="Kind">linear, conv1d, conv2d or embedding.</param>
/// <param name="Method">Name of its post-training method; null if it has none.</param>
/// <param name="Options">The written options as a JSON object's members: name and JSON value.</param>
internal sealed record ManifestLayer(string Path, string Kind, string? Method, EquatableArray<ManifestOption> Options);

/// <summary>A written option of a post-training method.</summary>
/// <param name="Name">camelCase name.</param>
/// <param name="Value">Its value as JSON.</param>
internal sealed record ManifestOption(string Name, string Value);

/// <summary>A child in a manifest.</summary>
/// <param name="Path">State-dict path below the class; <c>*</c> stands for the indices of a list.</param>
/// <param name="Module">Full metadata name of the child's class.</param>
internal sealed record ManifestChild(string Path, string Module);
