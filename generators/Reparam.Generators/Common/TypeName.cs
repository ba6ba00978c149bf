using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>Where a type is declared: all that an emitter needs in order to continue a partial class or to name a type.</summary>
/// <param name="Namespace">Full name of the namespace as code writes it, empty for the global one.</param>
/// <param name="Name">Name without namespace, as metadata has it.</param>
/// <param name="Keywords">What stands before the name in a further part: <c>partial class</c>, or <c>static partial class</c>.</param>
/// <param name="FileName">Beginning of the names of generated files about it.</param>
internal sealed record TypeName(string Namespace, string Name, string Keywords, string FileName)
{
    /// <summary>The name of a generated file about this type.</summary>
    /// <param name="part">What the file holds, for example <c>Layers</c>.</param>
    public string HintName(string part) => $"{FileName}.{part}.g.cs";

    /// <summary>Describes a class.</summary>
    /// <param name="type">A class that is neither nested nor generic.</param>
    public static TypeName Of(INamedTypeSymbol type) => new(
        type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
        type.Name,
        type.IsStatic ? "static partial class" : "partial class",
        FileNames.Of(type));

    /// <summary>Opens the namespace, if there is one, and a further part of the class.</summary>
    /// <param name="writer">Where to write.</param>
    public CodeWriter.Block OpenPart(CodeWriter writer)
    {
        if (Namespace.Length > 0)
        {
            writer.Line($"namespace {Namespace};").Line();
        }

        return writer.Open($"{Keywords} {Identifiers.EscapeType(Name)}");
    }
}
