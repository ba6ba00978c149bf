using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>A marked class as the transforms see it. Never leaves a transform.</summary>
/// <param name="Symbol">The class.</param>
/// <param name="IsRoot">True for <c>[ReparamModel]</c>.</param>
/// <param name="Compilation">The compilation of the annotated code, as it is bound.</param>
internal readonly record struct MarkedClass(INamedTypeSymbol Symbol, bool IsRoot, Compilation Compilation);
