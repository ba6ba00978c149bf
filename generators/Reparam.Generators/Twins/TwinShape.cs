using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Twins;

/// <summary>What of a type's declaration, apart from its members, a twin has and cannot have.</summary>
internal static class TwinShape
{
    /// <summary>Why a type of this compilation gets no twin; nothing if it gets one.</summary>
    /// <param name="type">A type that takes part.</param>
    /// <param name="context">What the twins share.</param>
    public static IEnumerable<Finding> Refusals(INamedTypeSymbol type, TwinContext context)
    {
        // A structure ships as its folded class.
        if (StructureFacts.FoldedOf(type) is not null)
        {
            yield break;
        }

        if (type.TypeKind is TypeKind.Class && type.BaseType is { SpecialType: not SpecialType.System_Object } baseType
            && (context.Types.Text(baseType) is null || IsSealedThere(baseType, context)))
        {
            var refused = TakesPart.Parts(baseType).FirstOrDefault(t => context.Marked.IsOwn(t) && context.Marked.TakesPart(t) && !context.Marked.HasTwin(t));
            var place = BaseLocation(type) ?? type.Locations[0];
            yield return refused is null
                ? new Finding(TwinDiagnostics.BaseClass, place, type.ToDisplayString(), baseType.ToDisplayString())
                : new Finding(TwinDiagnostics.BecauseRefused, place, type.ToDisplayString(), refused.ToDisplayString());
        }

        foreach (var (parameter, constraint) in type.TypeParameters.SelectMany(p => p.ConstraintTypes.Select(c => (p, c)))
            .Where(pair => context.Types.Text(pair.c) is null))
        {
            yield return new Finding(TwinDiagnostics.NoCounterpart, parameter.Locations[0], constraint.ToDisplayString(), "");
        }

        if (type.DelegateInvokeMethod is { } invoke && !context.IsDeclarable(invoke))
        {
            yield return Undeclarable(invoke.Parameters.Select(p => p.Type).Append(invoke.ReturnType), type.Locations[0], context);
        }

        foreach (var parameter in PrimaryParameters(type).Where(p => context.Types.Text(p.Type) is null))
        {
            yield return Undeclarable([parameter.Type], parameter.Locations[0], context);
        }
    }

    /// <summary>What is told about a type that gets a twin: interfaces that are left out, another name than the usual one.</summary>
    /// <param name="type">A type that gets a twin.</param>
    /// <param name="context">What the twins share.</param>
    public static IEnumerable<Finding> Remarks(INamedTypeSymbol type, TwinContext context)
    {
        foreach (var left in LeftOut(type, context))
        {
            yield return new Finding(TwinDiagnostics.InterfaceLeftOut, type.Locations[0], type.Name, left.ToDisplayString());
        }

        if (type.IsMarked() && context.Marked.NameOf(type) is var name && name != type.Name + TwinNames.Suffix)
        {
            yield return new Finding(TwinDiagnostics.NameTaken, type.Locations[0], type.Name + TwinNames.Suffix, type.ToDisplayString(), name);
        }
    }

    /// <summary>The interfaces that the twin implements, as the type declares them.</summary>
    public static IEnumerable<INamedTypeSymbol> Interfaces(INamedTypeSymbol type, TwinContext context) =>
        type.Interfaces.Except(LeftOut(type, context), SymbolEqualityComparer.Default).OfType<INamedTypeSymbol>().Where(i => !IsOfRecord(i, type));

    /// <summary>Interfaces of other libraries that the twin leaves out, for their members work on TorchSharp types.</summary>
    public static IEnumerable<INamedTypeSymbol> LeftOut(INamedTypeSymbol type, TwinContext context) =>
        type.Interfaces.Where(i => context.Types.Text(i) is null || i.AllInterfaces.Add(i).Any(all => IsOverTorch(all, context)));

    private static bool IsSealedThere(INamedTypeSymbol baseType, TwinContext context) =>
        TypeMap.IsTorch(baseType) && context.Table.Type(baseType.OriginalDefinition) is { IsSealed: true };

    // What the compiler writes for a record itself.
    private static bool IsOfRecord(INamedTypeSymbol implemented, INamedTypeSymbol type) =>
        type.IsRecord && implemented.MetadataFullName() == "System.IEquatable`1" && SymbolEqualityComparer.Default.Equals(implemented.TypeArguments[0], type);

    private static bool IsOverTorch(INamedTypeSymbol type, TwinContext context) =>
        !TypeMap.IsTorch(type) && !context.Marked.TakesPart(type) && type.OriginalDefinition.GetMembers().Any(TypeMap.InDeclaration);

    private static IEnumerable<IParameterSymbol> PrimaryParameters(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.Select(r => r.GetSyntax())
        .OfType<TypeDeclarationSyntax>().Where(d => d.ParameterList is not null)
        .SelectMany(d => type.InstanceConstructors.Where(c => c.IsPrimary(d)).SelectMany(c => c.Parameters));

    private static Finding Undeclarable(IEnumerable<ITypeSymbol> types, Location place, TwinContext context)
    {
        var type = types.First(t => context.Types.Text(t) is null);
        var refused = TakesPart.Parts(type).FirstOrDefault(t => context.Marked.IsOwn(t) && context.Marked.TakesPart(t) && !context.Marked.HasTwin(t));
        return refused is null
            ? new Finding(TwinDiagnostics.NoCounterpart, place, type.ToDisplayString(), "")
            : new Finding(TwinDiagnostics.BecauseRefused, place, type.ToDisplayString(), refused.ToDisplayString());
    }

    private static Location? BaseLocation(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Select(r => (r.GetSyntax() as TypeDeclarationSyntax)?.BaseList?.Types.FirstOrDefault()?.Type.GetLocation())
        .FirstOrDefault(location => location is not null);
}
