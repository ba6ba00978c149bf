namespace Reparam;

/// <summary>Gives a method a model rule beside its main kind. Written on the attribute class.</summary>
/// <param name="rule">
/// Full metadata name of a class that derives from <c>Reparam.Training.ModelRule</c> and has a public constructor without parameters, looked up in the
/// compilation of the
/// annotated code.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparamModelRuleAttribute(string rule) : Attribute
{
    /// <summary>Full metadata name of the rule's class.</summary>
    public string Rule { get; } = rule;
}
