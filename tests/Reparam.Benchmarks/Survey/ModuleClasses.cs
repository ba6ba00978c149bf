using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Reparam.Benchmarks.Survey;

/// <summary>The classes of a compilation that derive from <c>torch.nn.Module</c>.</summary>
internal static class ModuleClasses
{
    private const string Module = "TorchSharp.torch+nn+Module";

    /// <summary>The classes, in the order of the sources.</summary>
    public static IReadOnlyList<INamedTypeSymbol> In(Compilation compilation)
    {
        if (compilation.GetTypeByMetadataName(Module) is not { } module)
        {
            return [];
        }

        return
        [
            .. compilation.SyntaxTrees.SelectMany(tree => Declarations(compilation, tree).Select(found => found.Type))
                .Where(type => DerivesFrom(type, module)).Distinct(SymbolEqualityComparer.Default).Cast<INamedTypeSymbol>(),
        ];
    }

    /// <summary>Every class, struct, record and interface of the sources.</summary>
    public static IEnumerable<INamedTypeSymbol> TypesIn(Compilation compilation) => compilation.SyntaxTrees.SelectMany(tree =>
    {
        var model = compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>().Select(declaration => model.GetDeclaredSymbol(declaration))
            .OfType<INamedTypeSymbol>();
    });

    /// <summary>A class's name within its assembly: nested classes after <c>+</c>, arity after <c>`</c>.</summary>
    public static string NameOf(INamedTypeSymbol type) => type.ContainingType is { } outer
        ? $"{NameOf(outer)}+{type.MetadataName}"
        : type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName : $"{type.ContainingNamespace.ToDisplayString()}.{type.MetadataName}";

    /// <summary>The innermost class of a set around a place; null if there is none.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="place">The place.</param>
    /// <param name="names">Names of the set.</param>
    public static string? Around(Compilation compilation, Location place, IReadOnlySet<string> names)
    {
        if (place.SourceTree is not { } tree || !compilation.ContainsSyntaxTree(tree))
        {
            return null;
        }

        var model = compilation.GetSemanticModel(tree);
        return tree.GetRoot().FindNode(place.SourceSpan, getInnermostNodeForTie: true).AncestorsAndSelf().OfType<TypeDeclarationSyntax>()
            .Select(type => model.GetDeclaredSymbol(type)).OfType<INamedTypeSymbol>().Select(NameOf).FirstOrDefault(names.Contains);
    }

    /// <summary>The compilation with <c>[ReparamModule]</c> and <c>partial</c> on each class of a set, and nothing else.</summary>
    public static CSharpCompilation Marked(CSharpCompilation compilation, IReadOnlyList<INamedTypeSymbol> classes)
    {
        var set = classes.ToHashSet(SymbolEqualityComparer.Default);
        var marked = classes.Where(type => type.GetAttributes().Any(a => a.AttributeClass?.Name is "ReparamModuleAttribute" or "ReparamModelAttribute"))
            .ToHashSet(SymbolEqualityComparer.Default);
        var original = compilation;
        foreach (var tree in original.SyntaxTrees)
        {
            var changes = new List<TextChange>();
            foreach (var (type, declaration) in Declarations(original, tree).Where(found => set.Contains(found.Type)))
            {
                if (marked.Add(type))
                {
                    changes.Add(new TextChange(new TextSpan(declaration.SpanStart, 0), "[global::Reparam.ReparamModule] "));
                }

                if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
                {
                    changes.Add(new TextChange(new TextSpan(declaration.Keyword.SpanStart, 0), "partial "));
                }
            }

            if (changes.Count > 0)
            {
                var text = tree.GetText().WithChanges(changes).ToString();
                compilation = compilation.ReplaceSyntaxTree(
                    tree, CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)tree.Options, tree.FilePath, Encoding.UTF8));
            }
        }

        return compilation;
    }

    /// <summary>Which classes of a set each of them uses by itself: in its own code, and in that of the helpers which it calls.</summary>
    public static Dictionary<string, HashSet<string>> Uses(Compilation compilation, IReadOnlyList<INamedTypeSymbol> classes)
    {
        var set = classes.ToHashSet(SymbolEqualityComparer.Default);
        var helpers = new Dictionary<ISymbol, HashSet<string>>(SymbolEqualityComparer.Default);
        return classes.ToDictionary(NameOf, type =>
        {
            var used = new HashSet<string>();
            foreach (var part in type.DeclaringSyntaxReferences)
            {
                Collect(part.GetSyntax(), type, used);
            }

            used.Remove(NameOf(type));
            return used;
        });

        void Collect(SyntaxNode code, INamedTypeSymbol? owner, HashSet<string> used)
        {
            var model = compilation.GetSemanticModel(code.SyntaxTree);
            foreach (var name in code.DescendantNodesAndSelf(node => node == code || !IsOther(node, model, owner)).OfType<SimpleNameSyntax>())
            {
                var symbol = model.GetSymbolInfo(name).Symbol?.OriginalDefinition;
                var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType?.OriginalDefinition;
                if (type is null || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
                {
                    continue;
                }

                if (set.Contains(type))
                {
                    used.Add(NameOf(type));
                }
                else if (symbol is IMethodSymbol or IPropertySymbol)
                {
                    used.UnionWith(Helper(symbol));
                }
            }
        }

        HashSet<string> Helper(ISymbol member)
        {
            if (!helpers.TryGetValue(member, out var used))
            {
                helpers[member] = used = [];
                foreach (var part in member.DeclaringSyntaxReferences)
                {
                    Collect(part.GetSyntax(), null, used);
                }
            }

            return used;
        }

        // A class within a class is a class of its own.
        bool IsOther(SyntaxNode node, SemanticModel model, INamedTypeSymbol? owner) => node is TypeDeclarationSyntax declaration
            && model.GetDeclaredSymbol(declaration) is { } type && !SymbolEqualityComparer.Default.Equals(type, owner) && set.Contains(type);
    }

    private static IEnumerable<(INamedTypeSymbol Type, ClassDeclarationSyntax Syntax)> Declarations(Compilation compilation, SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            .Select(declaration => (Type: model.GetDeclaredSymbol(declaration), declaration)).Where(found => found.Type is not null)!;
    }

    private static bool DerivesFrom(INamedTypeSymbol type, INamedTypeSymbol module)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(t, module))
            {
                return true;
            }
        }

        return false;
    }
}
