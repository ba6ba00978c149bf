using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>
/// One semantic model a file and compilation, for all who ask. A model keeps what it has bound, and
/// <see cref="Compilation.GetSemanticModel(SyntaxTree, bool)"/>
/// makes a new one at each call: without this, every step would bind the bodies again, which is nearly all of its cost.
/// </summary>
internal static class SemanticModels
{
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<SyntaxTree, SemanticModel>> Models = new();

    /// <summary>The model of a file.</summary>
    /// <param name="compilation">A compilation that has the file.</param>
    /// <param name="tree">The file.</param>
    public static SemanticModel ModelOf(this Compilation compilation, SyntaxTree tree) =>
        Models.GetValue(compilation, static _ => new ConcurrentDictionary<SyntaxTree, SemanticModel>()).GetOrAdd(tree, t => compilation.GetSemanticModel(t));
}
