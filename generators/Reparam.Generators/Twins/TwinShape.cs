using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Twins;

/// <summary>What of a marked class's declaration, apart from its bodies, a twin cannot have.</summary>
internal static class TwinShape
{
    /// <summary>Why a marked class of this compilation gets no twin; nothing if it gets one.</summary>
    /// <param name="type">The marked class.</param>
    /// <param name="context">What the twins share.</param>
    public static IEnumerable<Finding> Refusals(INamedTypeSymbol type, TwinContext context)
    {
        // A structure ships as its folded class.
        if (StructureFacts.FoldedOf(type) is not null)
        {
            yield break;
        }

        var place = type.Locations[0];
        if (type.ContainingType is not null || type.IsGenericType)
        {
            yield return new Finding(TwinDiagnostics.NestedOrGeneric, place, type.ToDisplayString(), type.IsGenericType ? "generic" : "nested");
        }

        if (type.HasPrimaryConstructor() || type.IsRecord)
        {
            yield return new Finding(TwinDiagnostics.PrimaryConstructor, place, type.ToDisplayString());
        }

        if (type.BaseType is { SpecialType: not SpecialType.System_Object } baseType
            && (!(TypeMap.IsTorch(baseType) || baseType.IsMarked()) || context.Types.Text(baseType) is null))
        {
            yield return new Finding(TwinDiagnostics.BaseClass, BaseLocation(type) ?? place, type.ToDisplayString(), baseType.ToDisplayString());
        }

        if (TypeMap.DerivesFromTorch(type))
        {
            foreach (var parameter in type.InstanceConstructors.Where(c => !c.IsImplicitlyDeclared).SelectMany(c => c.Parameters)
                .Where(p => TakesTorch(p.Type)))
            {
                yield return new Finding(
                    TwinDiagnostics.ConstructorParameter, parameter.Locations[0], parameter.Name, parameter.Type.ToDisplayString(), type.Name);
            }
        }

        if (Taken(type, context.Compilation) is { } taken)
        {
            yield return new Finding(TwinDiagnostics.NameTaken, place, taken.ToDisplayString(), type.ToDisplayString());
        }
    }

    /// <summary>Interfaces that the twin leaves out, for their members work on TorchSharp types.</summary>
    public static IEnumerable<INamedTypeSymbol> LeftOut(INamedTypeSymbol type, TwinContext context) =>
        type.Interfaces.Where(
            i => context.Types.Text(i) is null || i.AllInterfaces.Add(i).SelectMany(all => all.OriginalDefinition.GetMembers()).Any(TypeMap.InDeclaration));

    // A marked class derives from TorchSharp's too, but has a twin that the caller can make.
    private static bool TakesTorch(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => TakesTorch(array.ElementType),
        INamedTypeSymbol named => TypeMap.IsTorch(named) || named.TypeArguments.Any(TakesTorch),
        _ => false,
    };

    private static Location? BaseLocation(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Select(r => (r.GetSyntax() as TypeDeclarationSyntax)?.BaseList?.Types.FirstOrDefault()?.GetLocation())
        .FirstOrDefault(location => location is not null);

    // Analyzers see the twins that were emitted; what the user wrote is not among them.
    private static INamedTypeSymbol? Taken(INamedTypeSymbol type, Compilation compilation) =>
        type.ContainingNamespace.GetTypeMembers(type.Name + TwinNames.Suffix, 0).FirstOrDefault(other =>
            SymbolEqualityComparer.Default.Equals(other.ContainingAssembly, compilation.Assembly) && !IsEmitted(other));

    private static bool IsEmitted(INamedTypeSymbol type) => type.GetAttributes().Any(a =>
        a.AttributeClass?.Name == "GeneratedCodeAttribute" && a.ConstructorArguments.FirstOrDefault().Value is TwinNames.Tool);
}
