using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>Ordinary code, as the run-time library writes it down, and the fused operation that stands for it.</summary>
internal sealed class Idiom
{
    /// <summary>Parses the code.</summary>
    /// <param name="operation">The fused operation: a public static method of the run-time library.</param>
    /// <param name="code">An expression, or statements that end with a return.</param>
    public Idiom(IMethodSymbol operation, string code)
    {
        Operation = operation;
        Length = code.Length;
        if (SyntaxFactory.ParseExpression(code) is { ContainsDiagnostics: false } expression && expression.FullSpan.Length == code.Length)
        {
            Expression = expression;
            return;
        }

        Statements = ((BlockSyntax)SyntaxFactory.ParseStatement("{" + code + "}")).Statements;
    }

    public IMethodSymbol Operation { get; }

    /// <summary>Length of the code.</summary>
    public int Length { get; }

    /// <summary>The expression; null for the code of a whole method.</summary>
    public ExpressionSyntax? Expression { get; }

    /// <summary>The statements of a whole method.</summary>
    public IReadOnlyList<StatementSyntax> Statements { get; } = [];

    /// <summary>The parameter of a name; null for any other name.</summary>
    public IParameterSymbol? Parameter(string name) => Operation.Parameters.FirstOrDefault(p => p.Name == name);
}
