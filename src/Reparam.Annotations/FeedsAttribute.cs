namespace Reparam;

/// <summary>
/// States which components take the output of this one, where the compiler cannot see it in the class's forward: in a loop over data, behind a condition,
/// or through code of others. The output must go nowhere else: methods that move scales from one layer into the next, and the folding of batch norms, rely
/// on it.
/// </summary>
/// <param name="components">Names of properties or fields of the class: <c>[Feeds(nameof(Wq), nameof(Wk))]</c>.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, AllowMultiple = false, Inherited = false)]
public sealed class FeedsAttribute(params string[] components) : Attribute
{
    /// <summary>Names of properties or fields of the class.</summary>
    public IReadOnlyList<string> Components { get; } = components;
}
