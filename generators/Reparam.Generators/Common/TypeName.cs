using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>Where a type is declared: all that an emitter needs in order to continue a partial class or to name a type.</summary>
/// <param name="Namespace">Full name of the namespace, empty for the global one.</param>
/// <param name="Name">Name without namespace.</param>
/// <param name="Keywords">What stands before the name in a further part: <c>partial class</c>, or <c>static partial class</c>.</param>
internal sealed record TypeName(string Namespace, string Name, string Keywords)
{
    /// <summary>Namespace and name: also the metadata name, for the types that take part are neither nested nor generic.</summary>
    public string FullName => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";

    /// <summary>The name as emitted code writes it.</summary>
    public string Qualified => $"global::{FullName}";

    /// <summary>The name of a generated file about this type.</summary>
    /// <param name="part">What the file holds, for example <c>Layers</c>.</param>
    public string HintName(string part) => $"{FullName}.{part}.g.cs";

    /// <summary>Describes a class.</summary>
    /// <param name="type">A class that is neither nested nor generic.</param>
    public static TypeName Of(INamedTypeSymbol type) => new(
        type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
        type.Name,
        type.IsStatic ? "static partial class" : "partial class");

    /// <summary>Opens the namespace, if there is one, and a further part of the class.</summary>
    /// <param name="writer">Where to write.</param>
    public CodeWriter.Block OpenPart(CodeWriter writer)
    {
        if (Namespace.Length > 0)
        {
            writer.Line($"namespace {Namespace};").Line();
        }

        return writer.Open($"{Keywords} {Name}");
    }
}
