using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Common;

/// <summary>
/// The names by which code can reach a type of the source: those of the types themselves and of aliases, of static members, and of members whose declarations
/// name such a type. All other names are those of locals, of libraries, and of what lies within a type that one of these names has told already. So a search
/// for types need not bind them.
/// </summary>
internal sealed class DeclaredNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, DeclaredNames> Files = new();

    private readonly HashSet<string> types = [];
    private readonly HashSet<string> others = [];
    private readonly List<(string Name, HashSet<string> Mentions)> members = [];

    private DeclaredNames()
    {
    }

    /// <summary>The names of all files.</summary>
    /// <param name="trees">The files of a compilation.</param>
    public static HashSet<string> In(IEnumerable<SyntaxTree> trees)
    {
        var files = trees.Select(tree => Files.GetValue(tree, static t => Read(t))).ToArray();
        var types = new HashSet<string>(files.SelectMany(file => file.types));
        var names = new HashSet<string>(types);
        foreach (var file in files)
        {
            names.UnionWith(file.others);
            names.UnionWith(file.members.Where(member => member.Mentions.Overlaps(types)).Select(member => member.Name));
        }

        return names;
    }

    private static DeclaredNames Read(SyntaxTree tree)
    {
        var names = new DeclaredNames();
        foreach (var node in tree.GetRoot().DescendantNodes(
            node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or BaseTypeDeclarationSyntax))
        {
            names.Add(node);
        }

        return names;
    }

    private void Add(SyntaxNode node)
    {
        switch (node)
        {
            case UsingDirectiveSyntax { Alias.Name.Identifier.ValueText: { } alias }:
                types.Add(alias);
                break;
            case BaseTypeDeclarationSyntax type:
                AddType(type.Identifier.ValueText);
                foreach (var parameter in (type as TypeDeclarationSyntax)?.ParameterList?.Parameters ?? [])
                {
                    members.Add((parameter.Identifier.ValueText, Mentions(parameter.Type)));
                }

                break;
            case DelegateDeclarationSyntax type:
                AddType(type.Identifier.ValueText);
                break;
            case EnumMemberDeclarationSyntax member:
                others.Add(member.Identifier.ValueText);
                break;
            case MethodDeclarationSyntax method:
                AddMember(method, method.Identifier.ValueText, method.ReturnType, method.ParameterList, [.. method.ConstraintClauses]);
                break;
            case PropertyDeclarationSyntax property:
                AddMember(property, property.Identifier.ValueText, property.Type);
                break;
            case EventDeclarationSyntax property:
                AddMember(property, property.Identifier.ValueText, property.Type);
                break;
            case BaseFieldDeclarationSyntax field:
                foreach (var variable in field.Declaration.Variables)
                {
                    AddMember(field, variable.Identifier.ValueText, field.Declaration.Type);
                }

                break;
        }
    }

    // An attribute is written without the end of its name.
    private void AddType(string name)
    {
        const string Attribute = nameof(Attribute);
        types.Add(name);
        if (name.EndsWith(Attribute, System.StringComparison.Ordinal))
        {
            types.Add(name.Substring(0, name.Length - Attribute.Length));
        }
    }

    // Static members may be named without their type: by using static, as extension methods, from nested types.
    private void AddMember(MemberDeclarationSyntax member, string name, SyntaxNode type, SyntaxNode? parameters = null, params SyntaxNode[] constraints)
    {
        if (member.Modifiers.Any(SyntaxKind.StaticKeyword) || member.Modifiers.Any(SyntaxKind.ConstKeyword)
            || member.Parent is not (ClassDeclarationSyntax or StructDeclarationSyntax or RecordDeclarationSyntax))
        {
            others.Add(name);
        }
        else
        {
            members.Add((name, Mentions([type, parameters, .. constraints])));
        }
    }

    private static HashSet<string> Mentions(params SyntaxNode?[] nodes) =>
        [.. nodes.OfType<SyntaxNode>().SelectMany(node => node.DescendantNodesAndSelf()).OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText)];
}
