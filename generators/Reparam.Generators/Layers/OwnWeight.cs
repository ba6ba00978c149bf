using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Layers;

/// <summary>
/// Finds the weight of a module that is a linear layer by its own code: a parameter or buffer with the name <c>weight</c> in the state dict that the class
/// multiplies its input by, transposed or through <c>functional.linear</c>.
/// </summary>
internal static class OwnWeight
{
    private const string StateName = "weight";

    private static readonly HashSet<string> Products = ["matmul", "mm", "addmm"];

    /// <summary>The member that holds the weight; null if the class has none of its own.</summary>
    /// <param name="type">A module class with source.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="token">Stops the work.</param>
    public static ISymbol? Of(INamedTypeSymbol type, Compilation compilation, CancellationToken token)
    {
        var member = type.OriginalDefinition.GetMembers().FirstOrDefault(IsCandidate);
        return member is not null && !Registration.IsRegisteredByHand(member, Registration.Parts(type)) && Parts(type, compilation, token).SelectMany(Bodies)
            .SelectMany(body => body.DescendantNodes().OfType<IdentifierNameSyntax>())
            .Any(name => name.Identifier.ValueText == member.Name && IsMultiplied(Whole(name))
                && SymbolEqualityComparer.Default.Equals(compilation.ModelOf(name.SyntaxTree).GetSymbolInfo(name, token).Symbol, member))
            ? member
            : null;
    }

    private static bool IsCandidate(ISymbol member) => !member.IsStatic && member switch
    {
        IFieldSymbol { AssociatedSymbol: null, IsImplicitlyDeclared: false } field => IsTensor(field.Type),
        IPropertySymbol { IsPartialDefinition: true, IsIndexer: false } property => property.Type.MetadataFullName() == MetadataNames.Parameter,
        _ => false,
    } && ModuleParser.StateName(member) == StateName && !(member is IFieldSymbol held && Registration.IsLate(held));

    private static bool IsTensor(ITypeSymbol type) => type.MetadataFullName() is MetadataNames.Parameter or MetadataNames.Tensor;

    private static IEnumerable<TypeDeclarationSyntax> Parts(INamedTypeSymbol type, Compilation compilation, CancellationToken token) =>
        type.DeclaringSyntaxReferences.Where(r => compilation.ContainsSyntaxTree(r.SyntaxTree)).Select(r => r.GetSyntax(token)).OfType<TypeDeclarationSyntax>();

    private static IEnumerable<MethodDeclarationSyntax> Bodies(TypeDeclarationSyntax part) => part.Members.OfType<MethodDeclarationSyntax>();

    // this.weight!
    private static ExpressionSyntax Whole(IdentifierNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? self : name;
        while (whole.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
        {
            whole = (ExpressionSyntax)whole.Parent;
        }

        return whole;
    }

    private static bool IsMultiplied(ExpressionSyntax weight) => weight.Parent switch
    {
        ArgumentSyntax argument => Called(argument) == "linear" && (argument.NameColon is { Name.Identifier.ValueText: var name }
            ? name is "weight" or "weights"
            : ((ArgumentListSyntax)argument.Parent!).Arguments.IndexOf(argument) == 1),
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "T" or "mT" } turned => IsFactor(turned),
        MemberAccessExpressionSyntax
        {
            Name.Identifier.ValueText: "t" or "transpose" or "permute" or "swapaxes" or "swapdims",
            Parent: InvocationExpressionSyntax turned,
        } => IsFactor(turned),
        _ => false,
    };

    private static bool IsFactor(ExpressionSyntax turned) =>
        turned.Parent is ArgumentSyntax argument && Called(argument) is { } product && Products.Contains(product);

    private static string? Called(ArgumentSyntax argument) => argument.Parent is ArgumentListSyntax { Parent: InvocationExpressionSyntax call }
        ? call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
            SimpleNameSyntax name => name.Identifier.ValueText,
            _ => null,
        }
        : null;
}
