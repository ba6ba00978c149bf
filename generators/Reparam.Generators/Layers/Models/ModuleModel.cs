using Reparam.Generators.Common;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Layers.Models;

/// <summary>A marked class: what its emitted files hold.</summary>
/// <param name="Type">Where it is declared.</param>
/// <param name="Components">Its partial properties of modules, parameters and marked classes.</param>
/// <param name="Replacements">How layers are wrapped that no setter sees.</param>
/// <param name="OverridesRegistration">True if the class has a <c>RegisterComponents</c> of its own, which must make the replacements.</param>
/// <param name="Manifest">What the build needs to know of it; null for a class that is no module.</param>
internal sealed record ModuleModel(
    TypeName Type, EquatableArray<ComponentModel> Components, EquatableArray<ReplacementModel> Replacements, bool OverridesRegistration,
    ManifestModel? Manifest);
