namespace Reparam;

/// <summary>
/// A post-training method: how the dense weight is approximated, stored and multiplied after training. It does not change
/// the layer that trains; the build applies it to the checkpoint.
/// </summary>
/// <remarks>
/// The attribute object is the method's options everywhere: constructor parameters and settable properties of the derived class. Each is a whole number, a
/// fraction, a truth, a text or a member of an enumeration; <see cref="ReparamRangeAttribute"/> states its range and its summary is its help text.
/// </remarks>
public abstract class PostTrainingAttribute : ReparamAttribute
{
    /// <summary>True: a bit budget of the build leaves this layer as it is annotated. Default false.</summary>
    public bool Fixed { get; set; }
}
