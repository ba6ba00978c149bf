using System.IO.Enumeration;

namespace Reparam.Merging.Engine;

/// <summary>Patterns of tensor names: <c>*</c> stands for any letters, <c>?</c> for one.</summary>
/// <param name="patterns">The patterns.</param>
internal sealed class NamePatterns(IReadOnlyList<string> patterns)
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>Patterns that matched nothing so far.</summary>
    public IEnumerable<string> Unused => patterns.Where(pattern => !used.Contains(pattern));

    /// <summary>Whether a pattern matches.</summary>
    public bool Match(string name)
    {
        var matches = patterns.Where(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)).ToList();
        used.UnionWith(matches);
        return matches.Count > 0;
    }
}
