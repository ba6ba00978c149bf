using System;
using System.Collections.Generic;
using System.Linq;

namespace Reparam.Build.Text;

/// <summary>Finds what a misspelt name was to be.</summary>
internal static class NearestName
{
    /// <summary>
    /// The known name with the fewest letters to insert, remove or replace, where that is at most half of those of the longer name; null where none is
    /// near. Case does not count.
    /// </summary>
    public static string? Of(string name, IEnumerable<string> known) => known
        .Select(candidate => (Name: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
        .Where(candidate => candidate.Distance <= Math.Max(name.Length, candidate.Name.Length) / 2)
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    /// <summary>The nearest name as a hint behind a name that is not known: <c> (did you mean X?)</c>; empty where none is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) => Of(name, known) is { } nearest ? $" (did you mean {nearest}?)" : "";

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[right.Length];
    }
}
