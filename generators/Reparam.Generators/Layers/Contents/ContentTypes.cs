using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Layers.Contents;

/// <summary>Questions about types of modules and of collections of them.</summary>
internal static class ContentTypes
{
    private const string TorchSharp = "TorchSharp";

    /// <summary>True for a <c>Sequential</c> of any arity, or a class that derives from one.</summary>
    public static bool IsSequential(ITypeSymbol? type) => DerivesFrom(type, "TorchSharp.Modules.Sequential");

    /// <summary>True for a <c>ModuleList</c>, or a class that derives from it.</summary>
    public static bool IsList(ITypeSymbol? type) => DerivesFrom(type, MetadataNames.ModuleList);

    /// <summary>True for a <c>ModuleDict</c>, or a class that derives from it.</summary>
    public static bool IsDictionary(ITypeSymbol? type) => DerivesFrom(type, "TorchSharp.Modules.ModuleDict");

    /// <summary>True for modules that hold others by index or key.</summary>
    public static bool IsContainer(ITypeSymbol? type) => IsSequential(type) || IsList(type) || IsDictionary(type);

    /// <summary>True for a container, and for an array, a list or another collection of the framework.</summary>
    public static bool IsCollection(ITypeSymbol? type) => type is IArrayTypeSymbol || IsContainer(type)
        || (type is INamedTypeSymbol { SpecialType: not SpecialType.System_String } named && !named.IsOrDerivesFrom(MetadataNames.Module)
            && named.AllInterfaces.Append(named).Any(i => i.MetadataFullName() == "System.Collections.IEnumerable"));

    /// <summary>True for TorchSharp's own classes.</summary>
    public static bool IsOfTorchSharp(ITypeSymbol type) => type.ContainingAssembly?.Name == TorchSharp;

    /// <summary>True for <c>Module</c>, <c>Module&lt;...&gt;</c> and interfaces of theirs, which say nothing about the object.</summary>
    public static bool SaysNothing(ITypeSymbol type) =>
        type.TypeKind is TypeKind.Interface or TypeKind.TypeParameter || ModuleTypes.IsBase(type) || type.MetadataFullName().StartsWith(
            "TorchSharp.torch+nn+HookableModule", System.StringComparison.Ordinal);

    /// <summary>The static type of something that may be a module or a tuple or collection with modules.</summary>
    public static bool MayHoldModules(ITypeSymbol? type) => type switch
    {
        null => false,
        IArrayTypeSymbol array => MayHoldModules(array.ElementType),
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(MayHoldModules),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(e => MayHoldModules(e.Type)),
        INamedTypeSymbol { Name: "IModule" } => true,
        INamedTypeSymbol named => named.IsOrDerivesFrom(MetadataNames.Module) || named.TypeArguments.Any(MayHoldModules),
        _ => false,
    };

    /// <summary>The name that stands for elements of a container without names of their own; null where their indices may tell.</summary>
    public static string? UnnamedOf(ITypeSymbol? type) => IsList(type) ? ModuleContent.Index : IsDictionary(type) ? ModuleContent.AnyName : null;

    /// <summary>True for a module, and for TorchSharp's interface of modules.</summary>
    public static bool IsModuleOrInterface(this ITypeSymbol? type) =>
        type.IsOrDerivesFrom(MetadataNames.Module) || type is INamedTypeSymbol { Name: "IModule" }
            || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(constraint => constraint.IsModuleOrInterface()));

    private static bool DerivesFrom(ITypeSymbol? type, string name)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (IsOfTorchSharp(t) && t.MetadataFullName() is var full
                && (full == name || full.StartsWith(name + "`", System.StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
