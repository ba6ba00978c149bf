using System.Text.RegularExpressions;

namespace Reparam.Training;

/// <summary>Names layers by their paths in the state dict: <c>*</c> stands for one name or index, <c>**</c> for any number of them.</summary>
internal static class LayerPattern
{
    /// <summary>What tells whether a path is meant.</summary>
    /// <param name="pattern">Such as <c>blocks.*.attention.**</c>.</param>
    public static Func<string, bool> Parse(string pattern)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        var parts = pattern.Split('.').Select(part => part switch
        {
            "**" => @"(?:\.[^.]+)*",
            "*" => @"\.[^.]+",
            _ => @"\." + Regex.Escape(part).Replace(@"\*", "[^.]*", StringComparison.Ordinal),
        });
        var expression = new Regex($"^{string.Concat(parts)}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return path => expression.IsMatch("." + path);
    }
}
