namespace Reparam.Generators.Manifests;

/// <summary>A child in a manifest.</summary>
/// <param name="Path">State-dict path below the class; <c>*</c> stands for the indices of a list.</param>
/// <param name="Module">Full metadata name of the child's class.</param>
/// <param name="IsRequired">True if every object of the class has a child of exactly this class there, for <c>*</c> as every element.</param>
internal sealed record ManifestChild(string Path, string Module, bool IsRequired);
