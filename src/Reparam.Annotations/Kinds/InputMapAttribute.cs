namespace Reparam;

/// <summary>
/// An input map: the layer's operation sees x̃ = map(x) in place of its input x, in training, in evaluation and when it is folded. Embeddings, whose input is
/// indices, have none.
/// </summary>
public abstract class InputMapAttribute : ReparamAttribute;
