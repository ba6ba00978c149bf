using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Twins;

/// <summary>
/// Writes fields that make packed formats of other assemblies known: a model is made before its checkpoint is opened, and so are the parts that other
/// libraries bring.
/// </summary>
internal static class FormatEmitter
{
    /// <summary>Writes a field for each format that the methods of a class bring.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="type">The annotated class.</param>
    /// <param name="context">What the twins share.</param>
    public static void Write(CodeWriter writer, INamedTypeSymbol type, TwinContext context)
    {
        var number = 0;
        foreach (var format in Formats(type, context.Compilation))
        {
            writer.Line();
            writer.Line($"private readonly global::{MetadataNames.PackedFormat} __format{number++} =");
            writer.Line($"    global::{MetadataNames.PackedFormats}.Register(new {format}());");
        }
    }

    private static IEnumerable<string> Formats(INamedTypeSymbol type, Compilation compilation) => type.GetMembers().OfType<IPropertySymbol>()
        .Where(property => property.IsPartialDefinition)
        .SelectMany(property => MethodUse.Of(property, type, compilation.Assembly))
        .Where(use => use.Kind == ReparamKind.PostTraining)
        .Select(use => MethodContract.Read(use.Class, compilation))
        .Where(contract => contract is { Problem: null, Format: not null })
        .Select(contract => contract.Format!.Qualified())
        .Distinct()
        .OrderBy(name => name, System.StringComparer.Ordinal);
}
