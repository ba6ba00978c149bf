using System.Collections.Generic;

namespace Reparam.Generators.Methods;

/// <summary>The regular expression of <c>Targets</c>.</summary>
internal static class TargetPattern
{
    /// <summary>The alternatives of a pattern, split at each <c>|</c> that is neither in a group, nor in a class of characters, nor escaped.</summary>
    /// <param name="pattern">A regular expression.</param>
    public static IEnumerable<string> Alternatives(string pattern)
    {
        var (start, groups, inClass) = (0, 0, false);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    groups++;
                    break;
                case ')' when !inClass:
                    groups--;
                    break;
                case '|' when !inClass && groups == 0:
                    yield return pattern.Substring(start, i - start);
                    start = i + 1;
                    break;
            }
        }

        yield return pattern.Substring(start);
    }
}
