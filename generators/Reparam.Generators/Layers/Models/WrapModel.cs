using Reparam.Generators.Common;

namespace Reparam.Generators.Layers.Models;

/// <summary>How a setter wraps one kind of plain layer.</summary>
/// <param name="Layer">The emitted layer class.</param>
/// <param name="Options">For each of its methods the expression that makes its options, in its order.</param>
internal sealed record WrapModel(LayerModel Layer, EquatableArray<string> Options);
