namespace Reparam;

/// <summary>
/// Marks the root class of a model. Everything that <see cref="ReparamModuleAttribute"/> does, and the emitted run-time
/// class can be loaded from a checkpoint by its <c>Load</c> method.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReparamModelAttribute : Attribute;
