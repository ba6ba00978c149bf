namespace Reparam;

/// <summary>
/// A model rule and nothing else: one object per model that adds to the loss, acts after the backward pass and after the optimizer's step, and keeps state.
/// The layers keep
/// their weights as they are. A method of another kind has a rule beside it by <see cref="ReparamModelRuleAttribute"/>.
/// </summary>
public abstract class ModelRuleAttribute : ReparamAttribute;
