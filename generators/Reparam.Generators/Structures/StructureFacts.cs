using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Structures;

/// <summary>Questions to classes that may be structures: blocks that train in one form and ship in another.</summary>
internal static class StructureFacts
{
    /// <summary>The class that a block folds into; null for a class that is no structure.</summary>
    /// <param name="type">Any class.</param>
    public static INamedTypeSymbol? FoldedOf(INamedTypeSymbol type)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.IsGenericType && t.MetadataFullName().StartsWith(MetadataNames.StructureBlock, System.StringComparison.Ordinal))
            {
                return t.TypeArguments.Last() as INamedTypeSymbol;
            }
        }

        return null;
    }

    /// <summary>The class whose twin stands for a marked class: the folded one of a structure, else the class itself.</summary>
    /// <param name="type">A marked class.</param>
    public static INamedTypeSymbol ShippedAs(INamedTypeSymbol type) => FoldedOf(type) ?? type;

    /// <summary>True if the block's member has a counterpart of its name in the class that the block folds into; true for members of other classes.</summary>
    /// <param name="member">A member of any class.</param>
    public static bool IsShipped(ISymbol member)
    {
        if (member.ContainingType is not { } type || FoldedOf(type) is not { } folded || member is IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            return true;
        }

        for (INamedTypeSymbol? t = folded; t is not null; t = t.BaseType)
        {
            if (t.GetMembers(member.Name).Any(other => other.Kind == member.Kind && other.IsStatic == member.IsStatic))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The structure attributes that a class has itself.</summary>
    /// <param name="type">Any class.</param>
    public static IEnumerable<MethodUse> UsesOf(INamedTypeSymbol type) =>
        MethodUse.From(type, MethodScope.Class).Where(use => use.Kind == ReparamKind.Structure && !use.Ignore);

    /// <summary>The class that an attribute names as its method; null where it does not exist or cannot be made.</summary>
    /// <param name="attribute">A class of the kind structure.</param>
    /// <param name="compilation">The compilation of the annotated code.</param>
    public static INamedTypeSymbol? MethodOf(INamedTypeSymbol attribute, Compilation compilation)
    {
        var name = attribute.Attribute(MetadataNames.ReparamMethod)?.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        var type = name.Length == 0 ? null : attribute.ContainingAssembly.GetTypeByMetadataName(name) ?? compilation.GetTypeByMetadataName(name);
        return type is { IsAbstract: false } && type.IsOrDerivesFrom(MetadataNames.StructureMethod)
            && compilation.IsSymbolAccessibleWithin(type, compilation.Assembly)
            && type.InstanceConstructors.Any(c => c.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(c, compilation.Assembly))
            ? type
            : null;
    }
}
