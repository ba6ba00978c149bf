using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>A method for the weights below a path that no manifest lists, whose names the checkpoint tells.</summary>
/// <param name="Path">State-dict path below the class, with <c>*</c> and <c>?</c> as in a layer's; empty for the whole class.</param>
/// <param name="Kinds">Kinds of layers that it concerns, told by the weights' shapes.</param>
/// <param name="Method">Name of the post-training method; null where none is to reach.</param>
/// <param name="Options">The written options as a JSON object's members.</param>
/// <param name="Input">What maps the layers' inputs; null if nothing does.</param>
/// <param name="Targets">Regular expression that a layer's path below the class must match as a whole; null takes all.</param>
internal sealed record ManifestBelow(
    string Path, EquatableArray<string> Kinds, string? Method, EquatableArray<ManifestOption> Options, ManifestInputMap? Input, string? Targets);
