using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Common;

/// <summary>When TorchSharp registers the fields of a module: at the first call of <c>RegisterComponents()</c>. The syntax decides alone.</summary>
internal static class Registration
{
    private const string RegisterComponents = nameof(RegisterComponents);

    /// <summary>
    /// True for a tensor that is assigned after its fields are registered, or outside of constructors alone: a cache or a table, which the state dict does not
    /// have. False where the source does not show it.
    /// </summary>
    /// <param name="field">A field of a tensor type, also that of a property.</param>
    public static bool IsLate(IFieldSymbol field)
    {
        var type = field.ContainingType;
        var member = field.AssociatedSymbol ?? field;
        if (member.IsImplicitlyDeclared || member is IPropertySymbol { IsPartialDefinition: true } || field.Type.IsOrDerivesFrom(MetadataNames.Parameter)
            || !IsOrdinaryModule(type) || HasInitializer(member))
        {
            return false;
        }

        return !type.DeclaringSyntaxReferences.IsEmpty && !IsRegisteredByHand(member, Parts(type)) && BeforeRegistration(type) is { } before
            && !Reachable(before, type, member.DeclaredAccessibility == Accessibility.Private).Any(node => node is null || Writes(member.Name, node));
    }

    /// <summary>A call of <c>RegisterComponents()</c>, or of a method of the class that calls it.</summary>
    public static bool Registers(InvocationExpressionSyntax call, INamedTypeSymbol type) => Called(call) is { } name
        && (name == RegisterComponents || Bases(type).SelectMany(t => t.GetMembers(name)).OfType<IMethodSymbol>().Any(CallsRegister));

    /// <summary>True if a class says <c>RegisterComponents()</c> somewhere, or one below TorchSharp's module from which it derives.</summary>
    public static bool CallsRegister(INamedTypeSymbol type) => Parts(type).Any(CallsRegister);

    /// <summary>True if some code names a member as it registers one by hand.</summary>
    public static bool IsRegisteredByHand(ISymbol member, IEnumerable<SyntaxNode> parts) => RegisteredByHand(parts).Contains(member.Name);

    /// <summary>All names that some code writes as it registers members by hand.</summary>
    public static HashSet<string> RegisteredByHand(IEnumerable<SyntaxNode> parts) => [.. parts.SelectMany(p => p.DescendantNodes())
        .OfType<InvocationExpressionSyntax>()
        .Where(call => Called(call) is "register_module" or "add_module" or "register_parameter" or "register_buffer" or "ConditionallyRegisterParameter"
            or "ConditionallyRegisterBuffer")
        .SelectMany(call => call.ArgumentList.DescendantNodes().OfType<IdentifierNameSyntax>()).Select(name => name.Identifier.ValueText)];

    /// <summary>The nearest base in source whose constructor registers: with it, the members of all classes below that come later are left out.</summary>
    public static INamedTypeSymbol? RegisteringBase(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.InstanceConstructors.Select(Syntax).OfType<ConstructorDeclarationSyntax>()
                .Any(c => c.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => Registers(call, type))))
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>False for containers, which register what they hold themselves.</summary>
    public static bool IsOrdinaryModule(INamedTypeSymbol type)
    {
        var torch = Bases(type).LastOrDefault()?.BaseType;
        return torch is { Name: "Module", ContainingType.Name: "nn" };
    }

    /// <summary>The class and the bases that have source.</summary>
    public static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol? type)
    {
        for (; type is { DeclaringSyntaxReferences.IsEmpty: false }; type = type.BaseType)
        {
            yield return type;
        }
    }

    /// <summary>The declarations of the class and of the bases that have source.</summary>
    public static IEnumerable<SyntaxNode> Parts(INamedTypeSymbol type) =>
        Bases(type).SelectMany(t => t.DeclaringSyntaxReferences).Select(r => r.GetSyntax());

    /// <summary>The declaration of a constructor; null for one that is not written, and for a primary one.</summary>
    public static ConstructorDeclarationSyntax? Syntax(IMethodSymbol constructor) =>
        (constructor.PartialImplementationPart ?? constructor).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as ConstructorDeclarationSyntax;

    private static bool CallsRegister(IMethodSymbol method) => method.DeclaringSyntaxReferences.Any(r => CallsRegister(r.GetSyntax()));

    private static bool CallsRegister(SyntaxNode node) => node.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => Called(c) == RegisterComponents);

    private static string? Called(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax, Name: { } name } => name.Identifier.ValueText,
        _ => null,
    };

    // What runs before the fields of a class are registered, by its own code; null if that is not known. A call in a body leads to the bodies of its name.
    private static List<SyntaxNode>? BeforeRegistration(INamedTypeSymbol type)
    {
        if (RegisteringBase(type.BaseType) is not null)
        {
            // Its constructor may call what the class overrides.
            return [.. type.GetMembers().Where(OverridesSource).SelectMany(m => m.DeclaringSyntaxReferences).Select(r => r.GetSyntax())];
        }

        var before = new List<SyntaxNode>();
        foreach (var constructor in type.InstanceConstructors)
        {
            if (Syntax(constructor) is not { } syntax)
            {
                return null;
            }

            if (syntax.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) == true)
            {
                continue;
            }

            var call = syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => Registers(c, type));
            if (call is null || call.Ancestors().TakeWhile(a => a != syntax).Any(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            {
                return null;
            }

            before.AddRange(syntax.Body?.Statements.Where(statement => statement.SpanStart <= call.SpanStart) ?? []);
            before.AddRange(syntax.DescendantNodes().OfType<ConstructorInitializerSyntax>());
            before.AddRange(syntax.DescendantNodes().OfType<ArrowExpressionClauseSyntax>().Where(a => a.Parent == syntax));
        }

        return before;
    }

    // The nodes, and the bodies of the class and its bases whose names they hold, and so on. Null for a body of a derived class, which only matters to a field
    // that it can name.
    private static IEnumerable<SyntaxNode?> Reachable(List<SyntaxNode> nodes, INamedTypeSymbol type, bool isPrivate)
    {
        var members = Bases(type).SelectMany(t => t.GetMembers())
            .Where(m => m is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol).ToLookup(m => m.Name);
        var seen = new HashSet<string>();
        var pending = new Queue<SyntaxNode>(nodes);
        while (pending.Count > 0)
        {
            var node = pending.Dequeue();
            yield return node;
            foreach (var name in node.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Select(n => n.Identifier.ValueText).Where(seen.Add))
            {
                if (!isPrivate && members[name].Any(m => m.IsVirtual || m.IsAbstract))
                {
                    yield return null;
                }

                foreach (var reference in members[name].SelectMany(m => m.DeclaringSyntaxReferences))
                {
                    pending.Enqueue(reference.GetSyntax());
                }
            }
        }
    }

    private static bool OverridesSource(ISymbol member) => member switch
    {
        IMethodSymbol { OverriddenMethod: { } method } => !method.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty,
        IPropertySymbol { OverriddenProperty: { } property } => !property.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty,
        _ => false,
    };

    /// <summary>True if some code assigns a member, also as one of several, or hands it over to be assigned.</summary>
    public static bool Writes(string name, SyntaxNode node) => node.DescendantNodesAndSelf().Any(n => n switch
    {
        AssignmentExpressionSyntax assignment => Names(assignment.Left, name),
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument => Names(argument.Expression, name),
        RefExpressionSyntax reference => Names(reference.Expression, name),
        _ => false,
    });

    private static bool Names(ExpressionSyntax target, string name) => target switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Name: { } member } => member.Identifier.ValueText == name,
        TupleExpressionSyntax tuple => tuple.Arguments.Any(a => Names(a.Expression, name)),
        _ => false,
    };

    private static bool HasInitializer(ISymbol member) => member.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).Any(
        node => node is VariableDeclaratorSyntax { Initializer: not null } or PropertyDeclarationSyntax { Initializer: not null });
}
