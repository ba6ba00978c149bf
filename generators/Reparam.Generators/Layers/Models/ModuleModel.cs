using Reparam.Generators.Common;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Layers.Models;

/// <summary>A marked class: what its emitted files hold.</summary>
/// <param name="Type">Where it is declared.</param>
/// <param name="Components">Its partial properties of modules, parameters and marked classes.</param>
/// <param name="Manifest">What the build needs to know of it; null for a class that is no module.</param>
internal sealed record ModuleModel(TypeName Type, EquatableArray<ComponentModel> Components, ManifestModel? Manifest);
