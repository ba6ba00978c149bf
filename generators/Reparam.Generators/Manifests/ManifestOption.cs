namespace Reparam.Generators.Manifests;

/// <summary>A written option of a post-training method.</summary>
/// <param name="Name">camelCase name.</param>
/// <param name="Value">Its value as JSON.</param>
internal sealed record ManifestOption(string Name, string Value);
