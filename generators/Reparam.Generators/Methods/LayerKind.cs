namespace Reparam.Generators.Methods;

/// <summary>The layers that can be reparameterized. The values are those of <c>Reparam.LayerKinds</c>.</summary>
internal enum LayerKind
{
    Linear = 1,
    Conv1d = 2,
    Conv2d = 4,
    Embedding = 8,
}
