namespace Reparam.Generators.Methods;

/// <summary>A parameter or buffer that a method keeps in the layer, or that layers share.</summary>
/// <param name="Element">Name of the tuple element: <c>A</c>.</param>
/// <param name="Access">How the result of <c>Attach</c> gives it: <c>.A</c>, or nothing where it is the result itself.</param>
/// <param name="Property">Name of the emitted property that reads it.</param>
/// <param name="Argument">Name of the parameter that takes it in the method's members: <c>a</c>.</param>
/// <param name="Key">Name in the method's own terms: <c>a</c>.</param>
/// <param name="Name">Name in the state dict: <c>reparam.lora.a</c>.</param>
/// <param name="IsParameter">True for a parameter, false for a buffer.</param>
/// <param name="IsOptional">True if the method may leave it out.</param>
/// <param name="IsShared">True if the root keeps it for all layers.</param>
/// <param name="IsOfInput">True if it belongs to the input map.</param>
internal sealed record StateModel(
    string Element, string Access, string Property, string Argument, string Key, string Name, bool IsParameter, bool IsOptional, bool IsShared, bool IsOfInput);
