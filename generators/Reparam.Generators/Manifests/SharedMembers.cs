using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Manifests;

/// <summary>
/// Which members of a class may be known to others too, so that their tensors may have several names: a checkpoint then needs only one of them. Outside of
/// <c>forward</c>, a member that is handed on or assigned to something else counts as shared.
/// </summary>
internal sealed class SharedMembers
{
    private readonly HashSet<string> shared = [];

    /// <summary>Looks through all parts of a class.</summary>
    /// <param name="type">The class.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="token">Stops the work.</param>
    public SharedMembers(INamedTypeSymbol type, Compilation compilation, CancellationToken token)
    {
        foreach (var part in type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(token)).OfType<TypeDeclarationSyntax>()
            .Where(p => compilation.ContainsSyntaxTree(p.SyntaxTree)))
        {
            var model = compilation.BoundModelOf(part.SyntaxTree);
            foreach (var member in part.Members.Where(m => m is not MethodDeclarationSyntax { Identifier.ValueText: "forward" }))
            {
                token.ThrowIfCancellationRequested();
                foreach (var name in member.DescendantNodes().OfType<IdentifierNameSyntax>())
                {
                    Look(name, type, model);
                }
            }
        }
    }

    /// <summary>Pairs of names that one assignment makes one tensor of.</summary>
    public List<ManifestTie> Ties { get; } = [];

    /// <summary>Paths of what is registered by a call; the empty one where its name is no constant.</summary>
    public HashSet<string> RegisteredByHand { get; } = [];

    /// <summary>True if others may know the member's object.</summary>
    /// <param name="member">A property or field of the class.</param>
    public bool Contains(ISymbol member) => shared.Contains(member.Name);

    /// <summary>True if a local goes to more than one place.</summary>
    /// <param name="local">One of the places.</param>
    /// <param name="model">Its model.</param>
    public static bool IsUsedElsewhere(IdentifierNameSyntax local, SemanticModel model)
    {
        var body = local.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        return body is not null && body.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(name => name != local && name.Identifier.ValueText == local.Identifier.ValueText
                && !(name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name) && !IsLookedAt(Chain(name, model), model));
    }

    private void Look(IdentifierNameSyntax name, INamedTypeSymbol type, SemanticModel model)
    {
        if (name.Parent is InvocationExpressionSyntax or MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax, Expression: ThisExpressionSyntax }
            && name.Identifier.ValueText is "register_module" or "register_parameter" or "register_buffer")
        {
            var call = name.FirstAncestorOrSelf<InvocationExpressionSyntax>()!;
            var given = call.ArgumentList.Arguments.FirstOrDefault()?.Expression;
            RegisteredByHand.Add(given is not null && model.GetConstantValue(given) is { HasValue: true, Value: string constant } ? constant : "");
            return;
        }

        var isOwn = name.Parent is not MemberAccessExpressionSyntax access || access.Expression == name || access.Expression is ThisExpressionSyntax;
        var symbol = isOwn ? model.GetSymbolInfo(name).Symbol : null;
        if (symbol is not (IPropertySymbol or IFieldSymbol) || !IsMemberOf(symbol, type))
        {
            return;
        }

        var chain = Chain(name, model);
        if (chain.Parent is AssignmentExpressionSyntax assignment && assignment.Left == chain)
        {
            if (chain != Bare(name))
            {
                Tie(chain, assignment.Right, symbol, model);
            }

            return;
        }

        if (!IsLookedAt(chain, model))
        {
            shared.Add(symbol.Name);
        }
    }

    // head.weight = embed.weight
    private void Tie(ExpressionSyntax target, ExpressionSyntax value, ISymbol owner, SemanticModel model)
    {
        while (value is PostfixUnaryExpressionSyntax forgiven)
        {
            value = forgiven.Operand;
        }

        if (Path(target, model) is { } path && Path(value, model) is { } other)
        {
            Ties.Add(new ManifestTie(path, other, IsSure: AlwaysRuns(target)));
        }

        shared.Add(owner.Name);
    }

    // A statement of a constructor itself, behind which no other constructor and no return leads past it.
    private static bool AlwaysRuns(ExpressionSyntax target) =>
        target.Parent?.Parent is ExpressionStatementSyntax { Parent: BlockSyntax { Parent: ConstructorDeclarationSyntax constructor } }
        && constructor.Parent is TypeDeclarationSyntax type
        && !constructor.DescendantNodes().Any(node => node is ReturnStatementSyntax)
        && type.Members.OfType<ConstructorDeclarationSyntax>()
            .All(other => other == constructor || other.Initializer is { RawKind: (int)SyntaxKind.ThisConstructorInitializer });

    private static bool IsMemberOf(ISymbol symbol, INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(symbol.ContainingType, t))
            {
                return IsComponent(TypeOf(symbol));
            }
        }

        return false;
    }

    private static ExpressionSyntax Bare(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? self : name;

    // The longest access from the member on that still is a component: Decoder.Embed of Decoder.Embed.weight.shape is Decoder.Embed.weight.
    private static ExpressionSyntax Chain(IdentifierNameSyntax name, SemanticModel model)
    {
        var chain = Bare(name);
        while (true)
        {
            if (chain.Parent is PostfixUnaryExpressionSyntax or ParenthesizedExpressionSyntax
                || (chain.Parent is ElementAccessExpressionSyntax element && element.Expression == chain && IsComponent(model.GetTypeInfo(element).Type))
                || (chain.Parent is MemberAccessExpressionSyntax access && access.Expression == chain
                    && model.GetSymbolInfo(access).Symbol is IPropertySymbol or IFieldSymbol
                    && IsComponent(model.GetTypeInfo(access).Type)))
            {
                chain = (ExpressionSyntax)chain.Parent;
                continue;
            }

            return chain;
        }
    }

    // A call on it, an index into it, a loop over it, its own initialisation: none of these keeps the object.
    private static bool IsLookedAt(ExpressionSyntax chain, SemanticModel model) => chain.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == chain,
        ConditionalAccessExpressionSyntax or ElementAccessExpressionSyntax or CommonForEachStatementSyntax or ExpressionStatementSyntax => true,
        BinaryExpressionSyntax or IsPatternExpressionSyntax => chain.Parent.RawKind is not (int)SyntaxKind.CoalesceExpression,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } } => true,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } =>
            model.GetSymbolInfo(call).Symbol?.ContainingType?.MetadataFullName() == "TorchSharp.torch+nn+init",
        _ => false,
    };

    private static string? Path(ExpressionSyntax chain, SemanticModel model) => chain switch
    {
        PostfixUnaryExpressionSyntax forgiven => Path(forgiven.Operand, model),
        ParenthesizedExpressionSyntax inner => Path(inner.Expression, model),
        IdentifierNameSyntax name => Name(name, model),
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: IdentifierNameSyntax name } => Name(name, model),
        MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } access =>
            Path(access.Expression, model) is { } owner && Name(name, model) is { } own ? $"{owner}.{own}" : null,
        _ => null,
    };

    private static string? Name(IdentifierNameSyntax name, SemanticModel model) => model.GetSymbolInfo(name).Symbol switch
    {
        (IPropertySymbol or IFieldSymbol) and var symbol when !IsComponent(TypeOf(symbol)) || symbol.IsStatic => null,
        IPropertySymbol { ContainingAssembly.Name: "TorchSharp" } property => property.Name,
        IPropertySymbol { IsPartialDefinition: true } property => ModuleParser.StateName(property),
        IFieldSymbol field => ModuleParser.StateName(field),
        _ => null,
    };

    private static ITypeSymbol? TypeOf(ISymbol symbol) => (symbol as IPropertySymbol)?.Type ?? (symbol as IFieldSymbol)?.Type;

    private static bool IsComponent(ITypeSymbol? type) => type.IsOrDerivesFrom(MetadataNames.Module) || type.IsOrDerivesFrom(MetadataNames.Tensor);
}
