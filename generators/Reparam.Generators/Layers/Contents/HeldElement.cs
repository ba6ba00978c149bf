using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Layers.Contents;

/// <summary>An element of a collection of modules.</summary>
/// <param name="Name">Its name, <see cref="ModuleContent.AnyName"/> where it has one that cannot be seen; null where it has none.</param>
/// <param name="Module">The module.</param>
/// <param name="Made">The call that makes it where it is put in, so that nothing else knows it; null where it comes from elsewhere.</param>
internal sealed record HeldElement(string? Name, ModuleContent Module, IOperation? Made = null);
