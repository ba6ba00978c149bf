using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Tests.Harness;

/// <summary>Walks everything that a pipeline model reaches.</summary>
internal static class ModelGraph
{
    /// <summary>Fails if a model holds on to a symbol, syntax, a location or a compilation.</summary>
    /// <param name="model">Output of a named step.</param>
    public static void AssertHoldsNoCompilerObjects(object model) => Visit(model, model.GetType().Name, new HashSet<object>(ReferenceEqualityComparer.Instance));

    private static void Visit(object? value, string path, HashSet<object> seen)
    {
        if (value is null || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum)
        {
            return;
        }

        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or SyntaxToken or SyntaxTrivia or Location or Compilation or SemanticModel or AttributeData,
            $"{path} holds a {value.GetType().Name}.");

        if (!value.GetType().IsValueType && !seen.Add(value))
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (var item in items)
            {
                Visit(item, path + "[]", seen);
            }

            return;
        }

        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Visit(field.GetValue(value), $"{path}.{field.Name}", seen);
            }
        }
    }
}
