using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Analyzers;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Refusals;

/// <summary>Finds the partial properties that nobody implements and writes a throwing part for them.</summary>
internal static class RefusedPropertyParser
{
    /// <summary>Reads a partial property; null if it is implemented, or none of ours.</summary>
    /// <param name="found">The property.</param>
    /// <param name="token">Stops the work.</param>
    public static RefusedProperty? Parse(GeneratorSyntaxContext found, CancellationToken token)
    {
        var syntax = (PropertyDeclarationSyntax)found.Node;
        if (found.SemanticModel.GetDeclaredSymbol(syntax, token)
            is not IPropertySymbol { PartialImplementationPart: null, PartialDefinitionPart: null } property)
        {
            return null;
        }

        var type = property.ContainingType;
        var use = MethodUse.From(property, MethodScope.Property).FirstOrDefault();
        var isMarked = type.IsMarked();
        var isOurs = use is not null || (isMarked && ModuleTypes.IsComponent(property.Type));
        var isImplemented = isMarked && !type.IsStatic && type.CanTakePart()
            && ModuleParser.PartialProperties(type).Contains(property, SymbolEqualityComparer.Default);
        if (!isOurs || isImplemented)
        {
            return null;
        }

        var around = TypesAround(type);
        var hintName = $"{FileNames.Of(type)}.{FileNames.Of(property)}.Refused.g.cs";
        return around.All(t => t.IsPartial() && !t.IsFileLocal)
            ? new RefusedProperty(hintName, Part(property, syntax, around), Report: null)
            : new RefusedProperty(hintName, Part: null, Report(type, isMarked, use));
    }

    private static List<INamedTypeSymbol> TypesAround(INamedTypeSymbol type)
    {
        var around = new List<INamedTypeSymbol>();
        for (var t = type; t is not null; t = t.ContainingType)
        {
            around.Insert(0, t);
        }

        return around;
    }

    private static Refusal Report(INamedTypeSymbol type, bool isMarked, MethodUse? use)
    {
        if (!isMarked)
        {
            return Refusal.At(use!.Attribute.Location(), DiagnosticDescriptors.UnmarkedClass, use.Name(), type.Name);
        }

        return type.IsPartial()
            ? Refusal.At(type.Locations[0], DiagnosticDescriptors.ClassForm, type.Name, MarkedClassAnalyzer.Form(type)!)
            : Refusal.At(type.Locations[0], DiagnosticDescriptors.ClassNotPartial, type.Name);
    }

    private static string Part(IPropertySymbol property, PropertyDeclarationSyntax syntax, List<INamedTypeSymbol> around)
    {
        var writer = new CodeWriter().Header();
        if (!around[0].ContainingNamespace.IsGlobalNamespace)
        {
            writer.Line($"namespace {around[0].ContainingNamespace.ToDisplayString()};").Line();
        }

        var blocks = new Stack<CodeWriter.Block>();
        foreach (var type in around)
        {
            blocks.Push(writer.Open($"partial {Keyword(type)} {Identifiers.EscapeType(type.Name)}{TypeParameters(type)}"));
        }

        writer.Line(GeneratedCode.Attribute);
        using (writer.Open($"{string.Join(" ", syntax.Modifiers.Select(m => m.Text))} {property.Type.Qualified()} {Identifiers.Escape(property.Name)}"))
        {
            foreach (var accessor in syntax.AccessorList?.Accessors ?? [])
            {
                var modifiers = string.Concat(accessor.Modifiers.Select(m => m.Text + " "));
                writer.Line($"{modifiers}{accessor.Keyword.Text} => throw new global::System.NotSupportedException();");
            }
        }

        while (blocks.Count > 0)
        {
            blocks.Pop().Dispose();
        }

        return writer.ToString();
    }

    private static string TypeParameters(INamedTypeSymbol type) =>
        type.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(p => Identifiers.Escape(p.Name)))}>";

    private static string Keyword(INamedTypeSymbol type) => (type.TypeKind, type.IsRecord) switch
    {
        (TypeKind.Struct, true) => "record struct",
        (TypeKind.Struct, false) => "struct",
        (TypeKind.Interface, _) => "interface",
        (_, true) => "record",
        _ => "class",
    };
}
