using Reparam.Generators.Common;

namespace Reparam.Generators.Layers.Models;

/// <summary>A partial property that the generator implements.</summary>
/// <param name="Property">Its name.</param>
/// <param name="Field">Name of the emitted backing field, which no member of the class has.</param>
/// <param name="Type">Its type, qualified, with nullable annotation.</param>
/// <param name="Modifiers">Its modifiers as written, with <c>partial</c>.</param>
/// <param name="Getter">Accessor keyword with modifiers: <c>get</c>; null if there is none.</param>
/// <param name="Setter">Accessor keyword with modifiers: <c>private set</c>; null if there is none.</param>
/// <param name="StateName">Name in the state dict.</param>
/// <param name="IsList">True for a <c>ModuleList</c>: its elements are wrapped.</param>
/// <param name="Wraps">The layer classes that wrap what is assigned, one for each kind of layer; empty keeps what is assigned.</param>
/// <param name="KeepsOthers">True if modules that are no layers are assigned too, and stay as they are.</param>
internal sealed record ComponentModel(
    string Property,
    string Field,
    string Type,
    string Modifiers,
    string? Getter,
    string? Setter,
    string StateName,
    bool IsList,
    EquatableArray<WrapModel> Wraps,
    bool KeepsOthers);
