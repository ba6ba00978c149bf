namespace Reparam.Generators.Manifests;

/// <summary>A child in a manifest.</summary>
/// <param name="Path">State-dict path below the class; <c>*</c> stands for the indices of a list.</param>
/// <param name="Module">Full metadata name of the child's class.</param>
internal sealed record ManifestChild(string Path, string Module);
