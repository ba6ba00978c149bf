using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Layers;

/// <summary>Questions about TorchSharp's module types.</summary>
internal static class ModuleTypes
{
    /// <summary>The element type of a <c>ModuleList</c>; null for other types.</summary>
    public static ITypeSymbol? ElementOfList(ITypeSymbol type) =>
        type is INamedTypeSymbol named && named.MetadataFullName() == MetadataNames.ModuleList ? named.TypeArguments[0] : null;

    /// <summary>True for <c>Module</c> and <c>Module&lt;...&gt;</c> themselves, which say nothing about the object.</summary>
    public static bool IsBase(ITypeSymbol type) =>
        type.MetadataFullName().StartsWith(MetadataNames.Module, System.StringComparison.Ordinal);

    /// <summary>True for <c>Module&lt;Tensor, Tensor&gt;</c> and its own bases: a property of this type can hold an emitted layer.</summary>
    public static bool CanHoldLayer(ITypeSymbol type)
    {
        if (!IsBase(type) || type is not INamedTypeSymbol named)
        {
            return false;
        }

        foreach (var argument in named.TypeArguments)
        {
            if (argument.MetadataFullName() != MetadataNames.Tensor)
            {
                return false;
            }
        }

        return named.Arity is 0 or 2;
    }

    /// <summary>True for the types whose partial properties the generator implements.</summary>
    public static bool IsComponent(ITypeSymbol type) =>
        type.IsOrDerivesFrom(MetadataNames.Module) || type.MetadataFullName() == MetadataNames.Parameter || type.IsMarked();
}
