using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>Where a type is declared: all that an emitter needs in order to continue a partial class or to name a type.</summary>
/// <param name="Namespace">Full name of the namespace as code writes it, empty for the global one.</param>
/// <param name="Name">Name without namespace, as metadata has it.</param>
/// <param name="Parts">What stands before the brace in further parts of it and of the types around it, the outermost first.</param>
/// <param name="FileName">Beginning of the names of generated files about it.</param>
internal sealed record TypeName(string Namespace, string Name, EquatableArray<string> Parts, string FileName)
{
    /// <summary>The name of a generated file about this type.</summary>
    /// <param name="part">What the file holds, for example <c>Layers</c>.</param>
    public string HintName(string part) => $"{FileName}.{part}.g.cs";

    /// <summary>Describes a type.</summary>
    /// <param name="type">A type's definition.</param>
    public static TypeName Of(INamedTypeSymbol type)
    {
        var parts = new List<string>();
        for (var t = type; t is not null; t = t.ContainingType)
        {
            parts.Insert(0, PartOf(t));
        }

        return new TypeName(
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(), type.Name, parts.ToEquatableArray(),
            FileNames.Of(type));
    }

    /// <summary>What stands before the brace in a further part of a type: <c>static partial class Outer&lt;T&gt;</c>.</summary>
    /// <param name="type">A partial type.</param>
    public static string PartOf(INamedTypeSymbol type)
    {
        var keyword = (type.TypeKind, type.IsRecord) switch
        {
            (TypeKind.Struct, true) => "record struct",
            (TypeKind.Struct, false) => "struct",
            (TypeKind.Interface, _) => "interface",
            (_, true) => "record",
            _ => "class",
        };
        var parameters = type.Arity == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(p => Identifiers.Escape(p.Name)))}>";
        return $"{(type.IsStatic ? "static " : "")}partial {keyword} {Identifiers.EscapeType(type.Name)}{parameters}";
    }

    /// <summary>Opens the namespace, if there is one, and a further part of the class inside of parts of those around it.</summary>
    /// <param name="writer">Where to write.</param>
    public CodeWriter.Block OpenPart(CodeWriter writer)
    {
        if (Namespace.Length > 0)
        {
            writer.Line($"namespace {Namespace};").Line();
        }

        return writer.Open(Parts);
    }
}
