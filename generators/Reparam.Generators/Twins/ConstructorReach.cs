using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Twins;

/// <summary>
/// Which methods the constructors of a class call, directly or through one another. The syntax decides alone: a name leads to all of its methods.
/// </summary>
internal sealed class ConstructorReach
{
    private static readonly ConditionalWeakTable<INamedTypeSymbol, ConstructorReach> Known = new();

    private readonly HashSet<string> reached;
    private readonly HashSet<string> elsewhere;

    private ConstructorReach(INamedTypeSymbol type)
    {
        var parts = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<TypeDeclarationSyntax>().ToArray();
        var methods = parts.SelectMany(p => p.Members).OfType<MethodDeclarationSyntax>().ToLookup(m => m.Identifier.ValueText);
        var constructors = parts.SelectMany(p => p.Members).OfType<ConstructorDeclarationSyntax>().ToArray();
        reached = Closure(constructors, methods);

        // What a member that no constructor calls names, and what is named without being called, runs at other times too.
        var others = parts.SelectMany(p => p.Members).Where(
            m => m is not (ConstructorDeclarationSyntax or MethodDeclarationSyntax) || (m is MethodDeclarationSyntax method && !IsPrivateHelper(method)));
        var groups = parts.SelectMany(p => p.DescendantNodes()).OfType<SimpleNameSyntax>().Where(n => !IsCalled(n)).Select(n => n.Identifier.ValueText);
        elsewhere = Closure(others, methods);
        elsewhere.UnionWith(groups);
        elsewhere.UnionWith(Closure(groups.SelectMany(name => methods[name]).Distinct().ToArray(), methods));

        bool IsPrivateHelper(MethodDeclarationSyntax method) => reached.Contains(method.Identifier.ValueText)
            && type.GetMembers(method.Identifier.ValueText).All(m => m.DeclaredAccessibility == Accessibility.Private);
    }

    /// <summary>True if a constructor of its class calls the method.</summary>
    public static bool Includes(IMethodSymbol method) => Of(method).reached.Contains(method.Name);

    /// <summary>True if nothing but the constructors of its class calls the method.</summary>
    public static bool IsAll(IMethodSymbol method) => method.DeclaredAccessibility == Accessibility.Private
        && Of(method) is var known && known.reached.Contains(method.Name) && !known.elsewhere.Contains(method.Name);

    private static ConstructorReach Of(IMethodSymbol method) => Known.GetValue(method.ContainingType, type => new ConstructorReach(type));

    private static HashSet<string> Closure(IEnumerable<SyntaxNode> roots, ILookup<string, MethodDeclarationSyntax> methods)
    {
        var names = new HashSet<string>();
        var pending = new Stack<SyntaxNode>(roots);
        while (pending.Count > 0)
        {
            foreach (var name in pending.Pop().DescendantNodes().OfType<SimpleNameSyntax>().Select(n => n.Identifier.ValueText).Where(names.Add))
            {
                foreach (var method in methods[name])
                {
                    pending.Push(method);
                }
            }
        }

        return names;
    }

    private static bool IsCalled(SimpleNameSyntax name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : (SyntaxNode)name).Parent is InvocationExpressionSyntax;
}
