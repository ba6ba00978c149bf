using System.Collections.Immutable;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Plans;

/// <summary>What is to be done with one weight.</summary>
/// <param name="Tensor">Name of the weight in the checkpoint.</param>
/// <param name="Options">The method and how it codes the weight; an attribute object may stand for it.</param>
/// <param name="Fixed">True: a bit budget leaves the options as they are.</param>
public sealed record LayerPlan(string Tensor, MethodOptions Options, bool Fixed = false)
{
    /// <summary>The method.</summary>
    public PostTrainingMethod Method => Options.Method;

    /// <summary>The options before a bit plan chose others; null where none did. See <see cref="SessionLayer.Asked"/>.</summary>
    public MethodOptions? Asked { get; init; }

    /// <summary>True: an embedding, whose rows are looked up; it has no inputs that a calibration could know. Default false.</summary>
    public bool IsLookedUp { get; init; }

    /// <summary>
    /// Names of tensors of the checkpoint that are state of the layer's input map and that the method does not read with these options; they are left out.
    /// </summary>
    public ImmutableArray<string> UnreadState { get => field.IsDefault ? [] : field; init; }
}
