using Reparam.Generators.Common;

namespace Reparam.Generators.Layers.Models;

/// <summary>How plain layers are wrapped that no emitted setter wraps.</summary>
/// <param name="Names">Names of the class's children in the state dict, at or below which the layers lie.</param>
/// <param name="Targets">Regular expression for the layers' paths below the class; null takes all.</param>
/// <param name="Wraps">The layer classes, one for each kind of layer.</param>
internal sealed record ReplacementModel(EquatableArray<string> Names, string? Targets, EquatableArray<WrapModel> Wraps);
