namespace Reparam;

/// <summary>Connects a method attribute with the code that does the work. Written on the attribute class.</summary>
/// <param name="method">
/// For training-time kinds the full metadata name of the static class that holds the method's members
/// (<c>"Reparam.Training.Compand.CompandMap"</c>), looked up in the compilation of the annotated code; for a post-training method the name
/// under which the build's worker knows it (<c>"shiftadd"</c>).
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparamMethodAttribute(string method) : Attribute
{
    /// <summary>Full metadata name of the method class, or the worker's name of a post-training method.</summary>
    public string Method { get; } = method;

    /// <summary>The layers that the method applies to. Default: linear and convolution layers.</summary>
    public LayerKinds Layers { get; set; } = LayerKinds.Linear | LayerKinds.Convolution;

    /// <summary>
    /// The method's part of its states' names, <c>reparam.&lt;key&gt;.&lt;state&gt;</c>: lower-case letters, digits and underscores. Null, the default,
    /// takes the attribute's name in lower case without <c>Attribute</c>: <c>lora</c>.
    /// </summary>
    public string? StateKey { get; set; }

    /// <summary>
    /// For a post-training method that writes a packed format of its own: the full metadata name of the format's class (<c>"My.Signs.SignFormat"</c>), which
    /// derives from <c>PackedFormat</c> and has a public constructor without parameters. Run-time classes register it before they load. Null, the default,
    /// for a format of the product.
    /// </summary>
    public string? Format { get; set; }

    /// <summary>One line for the summary of emitted layers: paper, venue, identifier. Null if there is none.</summary>
    public string? Source { get; set; }
}
