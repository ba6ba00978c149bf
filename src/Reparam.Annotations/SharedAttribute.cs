namespace Reparam;

/// <summary>
/// Names the states that all layers of a model share. Written on a method's <c>Attach</c>, with names of its tuple elements. The root keeps each once, as
/// <c>reparam.&lt;method&gt;.&lt;state&gt;</c>. The first layer's <c>Attach</c> makes them; those of the others get them by a nullable parameter of the
/// state's name and give them back.
/// </summary>
/// <param name="states">Names of tuple elements of <c>Attach</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedAttribute(params string[] states) : Attribute
{
    /// <summary>Names of the shared tuple elements.</summary>
    public IReadOnlyList<string> States { get; } = states;
}
