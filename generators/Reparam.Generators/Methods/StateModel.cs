namespace Reparam.Generators.Methods;

/// <summary>A parameter or buffer that a method keeps in the layer.</summary>
/// <param name="Element">Name of the tuple element: <c>A</c>.</param>
/// <param name="Property">Name of the emitted property that reads it.</param>
/// <param name="Argument">Name of the parameter that takes it in the method's members: <c>a</c>.</param>
/// <param name="Key">Name in the method's own terms: <c>a</c>.</param>
/// <param name="Name">Name in the state dict: <c>reparam.lora.a</c>.</param>
/// <param name="IsParameter">True for a parameter, false for a buffer.</param>
/// <param name="IsOptional">True if the method may leave it out.</param>
internal sealed record StateModel(string Element, string Property, string Argument, string Key, string Name, bool IsParameter, bool IsOptional);
