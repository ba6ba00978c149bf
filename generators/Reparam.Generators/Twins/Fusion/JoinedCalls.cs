using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>Declarations whose layers take the same input. Never leaves a transform.</summary>
/// <param name="Statements">The declarations.</param>
/// <param name="Input">The input as the first of them writes it.</param>
/// <param name="Layers">The layers.</param>
/// <param name="Names">The declared locals.</param>
internal sealed record JoinedCalls(IReadOnlyList<SyntaxNode> Statements, SyntaxNode Input, IReadOnlyList<SyntaxNode> Layers, IReadOnlyList<string> Names);
