using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Manifests;

/// <summary>What the build needs to know of a marked class; docs/formats/manifest.md.</summary>
/// <param name="Module">Full metadata name of the class.</param>
/// <param name="IsRoot">True for <c>[ReparamModel]</c>.</param>
/// <param name="IsReached">True for a class without a mark, which has the methods of the classes that reach it.</param>
/// <param name="Layers">Every layer of the class.</param>
/// <param name="Below">What methods reach weights that are not listed.</param>
/// <param name="Others">Every layer with weights that no method codes.</param>
/// <param name="Children">Every child of a marked class.</param>
/// <param name="State">Every tensor of the class that is not a child's.</param>
/// <param name="Edges">Where the outputs of its components go.</param>
/// <param name="Folded">What a structure folds into; null for another class.</param>
internal sealed record ManifestModel(
    string Module, bool IsRoot, bool IsReached, EquatableArray<ManifestLayer> Layers, EquatableArray<ManifestBelow> Below, EquatableArray<ManifestOther> Others,
    EquatableArray<ManifestChild> Children, ManifestState State, EquatableArray<ManifestEdge> Edges, ManifestFolded? Folded);
