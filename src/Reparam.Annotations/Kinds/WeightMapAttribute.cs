namespace Reparam;

/// <summary>
/// A weight map: the layer multiplies by w = map(v), where v is what the optimizer moves and the checkpoint keeps.
/// </summary>
public abstract class WeightMapAttribute : ReparamAttribute;
