using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>The tensors of a class's state dict, without those of its marked children.</summary>
/// <param name="Tensors">Each tensor that can be seen.</param>
/// <param name="Ties">Names that stand for one tensor.</param>
/// <param name="Open">Paths below which anything may lie, because the source does not tell; the empty path is the class itself.</param>
internal sealed record ManifestState(EquatableArray<ManifestTensor> Tensors, EquatableArray<ManifestTie> Ties, EquatableArray<string> Open);
