using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>A place of the user's code that a fused operation takes. Never leaves a transform.</summary>
/// <param name="Operation">The fused operation.</param>
/// <param name="Arguments">Its arguments in the order in which the user's code evaluates them: each parameter's name, and the user's expression.</param>
internal sealed record Fusion(IMethodSymbol Operation, IReadOnlyList<(string Parameter, SyntaxNode Value)> Arguments);
