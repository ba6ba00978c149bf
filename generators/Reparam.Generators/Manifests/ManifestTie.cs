namespace Reparam.Generators.Manifests;

/// <summary>Two names that the class makes one tensor of.</summary>
/// <param name="Path">The name that was assigned.</param>
/// <param name="Other">The name whose tensor it takes.</param>
/// <param name="IsSure">False where only some objects of the class may do so.</param>
internal sealed record ManifestTie(string Path, string Other, bool IsSure);
