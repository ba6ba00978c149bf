namespace Reparam;

/// <summary>
/// Base of every method attribute. Written on a field or property it concerns the layer that it holds, or all layers in the container that it holds; on a
/// class, every eligible layer of the class, wherever it lives; on the assembly, every eligible layer of every marked class. For one method the nearest wins.
/// </summary>
/// <remarks>
/// Attributes of different methods on one layer compose: the weight that is stored passes through the weight maps from the first to the
/// last, assembly before class before property and otherwise as written; <see cref="Order"/> overrides.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Property | AttributeTargets.Field)]
public abstract class ReparamAttribute : Attribute
{
    private protected ReparamAttribute()
    {
    }

    /// <summary>
    /// On a class or the assembly: a regular expression that a member's name (<c>"Query|Key"</c>) or a layer's path in the state dict below the class
    /// (<c>"features\.0"</c>) must match as a whole. Null, the default, takes every eligible layer.
    /// </summary>
    public string? Targets { get; set; }

    /// <summary>True switches the method off here although a wider scope asks for it. Default false.</summary>
    public bool Ignore { get; set; }

    /// <summary>
    /// Place in the composition: lower is nearer to the stored weight. Attributes of equal order keep the order in which they are written. Default 0.
    /// </summary>
    public int Order { get; set; }
}
