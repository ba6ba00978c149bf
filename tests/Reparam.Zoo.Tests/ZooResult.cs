namespace Reparam.Zoo.Tests;

/// <summary>How far a model comes.</summary>
/// <param name="Name">The model.</param>
/// <param name="Classes">Its module classes.</param>
/// <param name="Layers">Linear layers, convolutions and embeddings that it has under TorchSharp.</param>
/// <param name="Coded">Those of them that the build would code, as the manifests say; 0 where the model does not compile.</param>
/// <param name="Problems">What keeps it from working; nothing if it compiles, computes what TorchSharp computes, is coded whole and runs packed.</param>
internal sealed record ZooResult(string Name, int Classes, int Layers, int Coded, IReadOnlyList<string> Problems);
