namespace Reparam;

/// <summary>A step rule: what must happen after the backward pass or after the optimizer's step.</summary>
public abstract class StepRuleAttribute : ReparamAttribute;
