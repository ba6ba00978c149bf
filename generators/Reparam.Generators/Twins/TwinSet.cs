using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// The twins of one compilation. Nearly all of their cost is the compiler's binding of the bodies, and the driver asks for one class after
/// the other: so the first question makes them all, on all cores.
/// </summary>
/// <param name="compilation">The compilation of the annotated code.</param>
internal sealed class TwinSet(Compilation compilation)
{
    private ConcurrentDictionary<INamedTypeSymbol, Twin?>? twins;

    /// <summary>The twin of a class; null if it gets none.</summary>
    /// <param name="found">The marked class.</param>
    /// <param name="make">Makes one twin; called on several threads.</param>
    /// <param name="cancellation">Stops all of the work.</param>
    public Twin? Of(MarkedClass found, System.Func<MarkedClass, CancellationToken, Twin?> make, CancellationToken cancellation)
    {
        twins ??= MakeAll(make, cancellation);
        return twins.GetOrAdd(found.Symbol, _ => make(found, cancellation));
    }

    private ConcurrentDictionary<INamedTypeSymbol, Twin?> MakeAll(System.Func<MarkedClass, CancellationToken, Twin?> make, CancellationToken cancellation)
    {
        var made = new ConcurrentDictionary<INamedTypeSymbol, Twin?>(SymbolEqualityComparer.Default);
        var found = compilation.SyntaxTrees.SelectMany(tree => Candidates(tree.GetRoot(cancellation)).Select(node => Marked(node, tree, cancellation)))
            .OfType<MarkedClass>();
        Parallel.ForEach(found.ToArray(), new ParallelOptions { CancellationToken = cancellation }, one => made[one.Symbol] = make(one, cancellation));
        return made;
    }

    private MarkedClass? Marked(ClassDeclarationSyntax node, SyntaxTree tree, CancellationToken cancellation) =>
        compilation.ModelOf(tree).GetDeclaredSymbol(node, cancellation) is { } type && type.IsMarked() && type.CanTakePart()
            ? new MarkedClass(type, type.Attribute(MetadataNames.ReparamModel) is not null, compilation)
            : null;

    // Classes that may be marked, by their syntax alone: the cheap test that leaves out nearly everything in a large project.
    private static IEnumerable<ClassDeclarationSyntax> Candidates(SyntaxNode container) => container.ChildNodes().SelectMany(node => node switch
    {
        ClassDeclarationSyntax { AttributeLists.Count: > 0 } type => [type],
        BaseNamespaceDeclarationSyntax space => Candidates(space),
        _ => Enumerable.Empty<ClassDeclarationSyntax>(),
    });
}
