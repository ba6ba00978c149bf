namespace Reparam.Generators.Manifests;

/// <summary>Two names that the class makes one tensor of.</summary>
/// <param name="Path">The name that was assigned.</param>
/// <param name="Other">The name whose tensor it takes.</param>
internal sealed record ManifestTie(string Path, string Other);
