namespace Reparam;

/// <summary>
/// Marks a class that takes part in reparameterization: a TorchSharp module whose layers have method attributes, a plain
/// class that its <c>forward</c> passes around (a cache, say), or a static class of helpers that work on tensors.
/// The class must be <c>partial</c>, not nested and not generic. Mark the root of the model with <see cref="ReparamModelAttribute"/> instead.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparamModuleAttribute : Attribute;
