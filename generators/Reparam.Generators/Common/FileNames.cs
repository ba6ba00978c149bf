using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>Parts of the names of generated files. The compiler takes names that differ in case alone for one, so such symbols are numbered.</summary>
internal static class FileNames
{
    // Metadata has <Model>F0123…__Block for a file-local Block of Model.cs.
    private static readonly Regex FileLocal = new("<([^>]*)>F([0-9A-F]{8})[0-9A-F]*__([^.+]*)", RegexOptions.CultureInvariant);

    /// <summary>A type's full name without characters that a file's name cannot have.</summary>
    public static string Of(INamedTypeSymbol type)
    {
        var siblings = type.ContainingType is { } outer ? outer.GetTypeMembers() : type.ContainingNamespace.GetTypeMembers();
        return FileLocal.Replace(type.MetadataFullName(), "$3-$1-$2").Replace('+', '.').Replace('`', '_') + Number(type.Name, siblings.Select(t => t.Name));
    }

    /// <summary>A property's name.</summary>
    public static string Of(IPropertySymbol property) => property.Name + Number(property.Name, property.ContainingType.GetMembers().Select(m => m.Name));

    private static string Number(string name, IEnumerable<string> names)
    {
        var same = names.Where(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)).Distinct()
            .OrderBy(other => other, StringComparer.Ordinal).ToList();
        var index = same.IndexOf(name);
        return index > 0 ? $"-{Literals.Of(index)}" : "";
    }
}
