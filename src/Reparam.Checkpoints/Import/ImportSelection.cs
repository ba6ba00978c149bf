using System.IO.Enumeration;

namespace Reparam.Checkpoints.Import;

/// <summary>The user's choice of names, and what it left out.</summary>
internal sealed class ImportSelection(ImportOptions options)
{
    private readonly bool[] used = new bool[options.Skip.Count];

    /// <summary>The part of the file to import; null for the format's own rule.</summary>
    public string? Key => options.Key;

    /// <summary>True if names and matrices stay as they are in the file.</summary>
    public bool IsRaw => options.Raw;

    /// <summary>What the result will not hold.</summary>
    public LeftOut LeftOut { get; } = new();

    /// <summary>The patterns that matched nothing so far.</summary>
    public IReadOnlyList<string> UnusedPatterns => [.. options.Skip.Where((_, index) => !used[index])];

    /// <summary>The name of a tensor in the result.</summary>
    public string ResultName(string name) =>
        options.StripPrefix.Length > 0 && name.StartsWith(options.StripPrefix, StringComparison.Ordinal) ? name[options.StripPrefix.Length..] : name;

    /// <summary>Whether the user leaves out a tensor, or the part of the file of this name; it is noted then.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="what">What it is, for the note; not asked for unless it is left out.</param>
    public bool Skips(string name, Func<string> what)
    {
        var result = ResultName(name);
        var skips = false;
        for (var i = 0; i < used.Length; i++)
        {
            // Every pattern is tried: one that matches only what another has skipped is no mistake.
            if (Matches(options.Skip[i], name) || Matches(options.Skip[i], result))
            {
                used[i] = skips = true;
            }
        }

        if (skips)
        {
            LeftOut.Add(() => $"'{name}' ({what()}), as --skip says");
        }

        return skips;
    }

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
