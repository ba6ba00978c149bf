namespace Reparam.Training;

/// <summary>A method of a layer that has a model rule. Emitted layers list theirs.</summary>
/// <param name="Key">The method's part of state names: <c>adalora</c>.</param>
/// <param name="Options">The annotation.</param>
/// <param name="Create">Makes the rule.</param>
public sealed record MethodRule(string Key, ReparamAttribute Options, Func<ModelRule> Create);
