using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Benchmarks.Survey;

/// <summary>Tells for which class a file was emitted.</summary>
/// <param name="names">Names of the classes.</param>
internal sealed class EmittedOwners(IReadOnlySet<string> names)
{
    private const string Twin = "Runtime";

    // A file's name has the class's full name, without the characters that a file's name cannot have.
    private readonly (string Prefix, string Name)[] prefixes =
        [.. names.Select(name => (Prefix: name.Replace('+', '.').Replace('`', '_') + ".", Name: name)).OrderByDescending(p => p.Prefix.Length)];

    /// <summary>The class, or null where that cannot be seen.</summary>
    /// <param name="output">The compilation with the emitted files.</param>
    /// <param name="place">A place in one of them.</param>
    public string? Of(Compilation output, Location place)
    {
        if (ModuleClasses.Around(output, place, names) is { } part)
        {
            return part;
        }

        var tree = place.SourceTree!;
        var model = output.GetSemanticModel(tree);
        var types = tree.GetRoot().FindNode(place.SourceSpan).AncestorsAndSelf().OfType<TypeDeclarationSyntax>()
            .Select(type => model.GetDeclaredSymbol(type)).OfType<INamedTypeSymbol>().Select(ModuleClasses.NameOf);
        foreach (var type in types)
        {
            var source = string.Join('+', type.Split('+').Select(WithoutSuffix));
            if (names.Contains(source))
            {
                return source;
            }
        }

        var file = Path.GetFileName(tree.FilePath);
        return prefixes.FirstOrDefault(p => file.StartsWith(p.Prefix, StringComparison.Ordinal)).Name;
    }

    // Of a name such as BlockRuntime`1: Block`1.
    private static string WithoutSuffix(string name)
    {
        var end = name.IndexOf('`') is var arity and >= 0 ? arity : name.Length;
        return name[..end].EndsWith(Twin, StringComparison.Ordinal) ? name[..(end - Twin.Length)] + name[end..] : name;
    }
}
