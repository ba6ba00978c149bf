using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Which twins are known to compile. Whether a body compiles depends on its own text and on declarations. So a twin that compiled before does so again for as
/// long as its text, all declarations of the user's files and of the twins, the references and the options are the same. Holds no symbols.
/// </summary>
internal sealed class TwinVerdict
{
    // The latest of each assembly, for as long as what it refers to is in memory.
    private static readonly ConditionalWeakTable<MetadataReference, ConcurrentDictionary<string, TwinVerdict>> Latest = new();

    private readonly ImmutableArray<MetadataReference> references;
    private readonly CompilationOptions options;
    private readonly string assembly;
    private readonly ImmutableArray<long> declarations;
    private readonly HashSet<string> texts;
    private readonly HashSet<string> known = [];

    /// <summary>What is to be found out.</summary>
    /// <param name="compilation">The compilation of the annotated code.</param>
    /// <param name="files">The user's files and the twins.</param>
    /// <param name="texts">The texts of the twins.</param>
    public TwinVerdict(Compilation compilation, IEnumerable<SyntaxTree> files, IEnumerable<string> texts)
    {
        references = [.. compilation.References];
        options = compilation.Options.WithSyntaxTreeOptionsProvider(null);
        assembly = compilation.AssemblyName ?? "";
        declarations = [.. files.Select(SourceState.HashOf)];
        this.texts = [.. texts];
        if (references.Length > 0 && Latest.TryGetValue(references[0], out var latest) && latest.TryGetValue(assembly, out var before)
            && HasSameSurroundings(before))
        {
            known = before.texts;
        }
    }

    /// <summary>True if a twin of this text is known to compile.</summary>
    public bool IsKnown(string text) => known.Contains(text);

    /// <summary>Remembers that all twins compile.</summary>
    public void Keep()
    {
        if (references.Length > 0)
        {
            Latest.GetValue(references[0], static _ => new ConcurrentDictionary<string, TwinVerdict>())[assembly] = this;
        }
    }

    private bool HasSameSurroundings(TwinVerdict other) => declarations.SequenceEqual(other.declarations) && references.SequenceEqual(other.references)
        && options.Equals(other.options);
}
