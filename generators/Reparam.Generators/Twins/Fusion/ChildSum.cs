using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>The sum of a value and what a child's forward gives. Never leaves a transform.</summary>
/// <param name="Residual">The value.</param>
/// <param name="Child">The child.</param>
/// <param name="Arguments">What the child's forward takes.</param>
internal sealed record ChildSum(SyntaxNode Residual, SyntaxNode Child, IReadOnlyList<SyntaxNode> Arguments);
