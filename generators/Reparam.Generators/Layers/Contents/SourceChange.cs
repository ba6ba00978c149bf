using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Layers.Contents;

/// <summary>What the source does with a variable that may hold modules.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Name">The key or the name that goes with the value; null where there is none.</param>
/// <param name="Value">What is assigned, added, put or registered; null for a call of the base constructor.</param>
/// <param name="Place">The whole statement or initializer.</param>
/// <param name="Model">The model of both.</param>
internal sealed record SourceChange(SourceChangeKind Kind, ExpressionSyntax? Name, ExpressionSyntax? Value, SyntaxNode Place, SemanticModel Model);
