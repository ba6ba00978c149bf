namespace Reparam;

/// <summary>
/// Marks a class that takes part in reparameterization: a TorchSharp module whose layers have method attributes, a plain
/// class that its <c>forward</c> passes around (a cache, say), or a static class of helpers that work on tensors.
/// Mark the root of the model with <see cref="ReparamModelAttribute"/> instead: what it uses and has its source in the same project takes part without a mark.
/// A class with layers that train in another form, or with partial properties, must be <c>partial</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparamModuleAttribute : Attribute;
