namespace Reparam.Generators.Manifests;

/// <summary>A layer with weights that no method of the build codes.</summary>
/// <param name="Path">State-dict path below the class.</param>
/// <param name="Type">Its class in TorchSharp: <c>ConvTranspose2d</c>.</param>
internal sealed record ManifestOther(string Path, string Type);
