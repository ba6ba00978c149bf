using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Common;

/// <summary>Questions to symbols that the parsers and the analyzers share.</summary>
internal static class SymbolExtensions
{
    // Names as metadata has them: a namespace that is a keyword stands there without @.
    private static readonly SymbolDisplayFormat Unescaped =
        SymbolDisplayFormat.CSharpErrorMessageFormat.RemoveMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    // Asked for at every attribute of every symbol.
    private static readonly ConditionalWeakTable<INamespaceSymbol, string> Namespaces = new();
    private static readonly ConditionalWeakTable<ITypeSymbol, string> Types = new();

    /// <summary>The type's full metadata name: nested types after <c>+</c>, arity after <c>`</c>.</summary>
    public static string MetadataFullName(this ITypeSymbol type) => Types.GetValue(type.OriginalDefinition, static definition => MakeName(definition));

    private static string MakeName(ITypeSymbol definition)
    {
        if (definition.ContainingType is { } outer)
        {
            return $"{outer.MetadataFullName()}+{definition.MetadataName}";
        }

        return definition.ContainingNamespace is null or { IsGlobalNamespace: true }
            ? definition.MetadataName
            : $"{definition.ContainingNamespace.MetadataFullName()}.{definition.MetadataName}";
    }

    /// <summary>The namespace's full metadata name; empty for the global one.</summary>
    public static string MetadataFullName(this INamespaceSymbol space) =>
        space.IsGlobalNamespace ? "" : Namespaces.GetValue(space, static s => s.ToDisplayString(Unescaped));

    /// <summary>The type's name as emitted code writes it, with its nullable annotation.</summary>
    public static string Qualified(this ITypeSymbol type) => type.ToDisplayString(
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier));

    /// <summary>True if the type is, or derives from, the type with this metadata name.</summary>
    public static bool IsOrDerivesFrom(this ITypeSymbol? type, string metadataName)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.MetadataFullName() == metadataName)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The symbol's attribute of this class, or null.</summary>
    public static AttributeData? Attribute(this ISymbol symbol, string metadataName) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.MetadataFullName() == metadataName);

    /// <summary>True if the class has <c>[ReparamModule]</c> or <c>[ReparamModel]</c>.</summary>
    public static bool IsMarked(this ITypeSymbol type) =>
        type.Attribute(MetadataNames.ReparamModule) is not null || type.Attribute(MetadataNames.ReparamModel) is not null;

    /// <summary>True if every part of the class says <c>partial</c>.</summary>
    public static bool IsPartial(this INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Length > 0 && type.DeclaringSyntaxReferences.All(
        r => r.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(m => m.Text == "partial"));

    /// <summary>True if the class, or the record, has a parameter list after its name.</summary>
    public static bool HasPrimaryConstructor(this INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Any(
        r => r.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null });

    /// <summary>True for the constructor that stands in a declaration's head.</summary>
    public static bool IsPrimary(this IMethodSymbol constructor, TypeDeclarationSyntax declaration) =>
        constructor.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == declaration.SyntaxTree && r.Span == declaration.Span);

    /// <summary>
    /// True if a further part of the class can be emitted: it and the types around it are partial, and none of them is file-local. The analyzers report what
    /// is wrong where it is false.
    /// </summary>
    public static bool CanTakePart(this INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (!t.IsPartial() || t.IsFileLocal)
            {
                return false;
            }
        }

        return true;
    }
}
