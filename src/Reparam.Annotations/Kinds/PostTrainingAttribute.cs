namespace Reparam;

/// <summary>
/// A post-training method: how the dense weight is approximated, stored and multiplied after training. It does not change
/// the layer that trains; the build applies it to the checkpoint.
/// </summary>
public abstract class PostTrainingAttribute : ReparamAttribute;
