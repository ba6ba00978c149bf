using System.Linq;
using Reparam.Generators.Common;

namespace Reparam.Generators.Methods;

/// <summary>A training-time method as the emitter needs it: the members of its method class, and nothing of its numbers.</summary>
/// <param name="Kind">Weight map, side path or step rule.</param>
/// <param name="Name">Name of the attribute without suffix: <c>LoRA</c>.</param>
/// <param name="FullName">Full metadata name of the attribute class, which tells methods of one short name apart.</param>
/// <param name="Key">The method's part of a state name: <c>lora</c> in <c>reparam.lora.a</c>.</param>
/// <param name="Field">The emitted field that holds the options: <c>lora</c>.</param>
/// <param name="AttributeType">The attribute class, qualified.</param>
/// <param name="MethodType">The method class, qualified.</param>
/// <param name="Source">Paper, venue, identifier; null if the method names none.</param>
/// <param name="States">What <c>Attach</c> gives after the latent or the base, in its order.</param>
/// <param name="AttachItem">
/// How the result of <c>Attach</c> gives the latent or the base: <c>.Latent</c>, or nothing where it is a bare tensor. Null without <c>Attach</c>.
/// </param>
/// <param name="Attach">Parameters of <c>Attach</c>.</param>
/// <param name="Map">Parameters of <c>Map</c> (weight maps).</param>
/// <param name="Forward">Parameters of <c>Forward</c> (side paths).</param>
/// <param name="Delta">Parameters of <c>Delta</c> (side paths).</param>
/// <param name="AfterStep">Parameters of <c>AfterStep</c>; null if there is none.</param>
/// <param name="LearningRate">Parameters of <c>LearningRate</c>; null if there is none.</param>
/// <param name="Input">Its input map; null if it has none.</param>
/// <param name="Rule">The class of its model rule, qualified; null if it has none.</param>
internal sealed record MethodModel(
    ReparamKind Kind,
    string Name,
    string FullName,
    string Key,
    string Field,
    string AttributeType,
    string MethodType,
    string? Source,
    EquatableArray<StateModel> States,
    string? AttachItem,
    EquatableArray<string>? Attach,
    EquatableArray<string>? Map,
    EquatableArray<string>? Forward,
    EquatableArray<string>? Delta,
    EquatableArray<string>? AfterStep,
    EquatableArray<string>? LearningRate,
    InputMapModel? Input,
    string? Rule)
{
    /// <summary>True if the layer has to be wrapped for it.</summary>
    public bool Wraps => Kind is not (ReparamKind.PostTraining or ReparamKind.Structure) || Input is not null || Rule is not null;

    /// <summary>The method without an input map.</summary>
    public MethodModel WithoutInput() => this with { Input = null, States = States.Where(s => !s.IsOfInput).ToEquatableArray() };
}
