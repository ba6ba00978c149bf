namespace Reparam;

/// <summary>Gives a method an input map beside its main kind. Written on the attribute class.</summary>
/// <param name="map">Full metadata name of the static class with the members of an input map, looked up in the compilation of the annotated code.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparamInputMapAttribute(string map) : Attribute
{
    /// <summary>Full metadata name of the class of the input map.</summary>
    public string Map { get; } = map;

    /// <summary>
    /// Name of a property of the method attribute: the layer has the map only where that property is written with another value than 0, false or null. Null,
    /// the default, gives
    /// every layer the map.
    /// </summary>
    public string? When { get; set; }
}
