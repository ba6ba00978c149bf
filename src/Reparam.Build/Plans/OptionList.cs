using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Reparam.Build.Plans;

/// <summary>
/// The options of methods that an item sets, as they go into the plan. Which options there are, and what they may be, is the worker's to judge: it knows
/// the methods.
/// </summary>
internal sealed class OptionList
{
    private static readonly Regex Number = new(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant);
    private static readonly Regex Name = new(@"^([A-Za-z_][-\w]*\.)?[A-Za-z_]\w*$", RegexOptions.CultureInvariant);

    private readonly List<KeyValuePair<string, string>> options = [];

    /// <summary>Name (<c>bits</c>, <c>shiftadd.bits</c>) and value as JSON, in the order in which they were set.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options => options;

    /// <summary>Sets an option; an earlier value of the name is gone.</summary>
    /// <param name="name">Its name as an attribute writes it (<c>GroupSize</c>), with or without a method and a dot before it.</param>
    /// <param name="value">A number, true, false or a text.</param>
    public void Set(string name, string value)
    {
        var dot = name.LastIndexOf('.') + 1;
        var key = name.Substring(0, dot) + char.ToLowerInvariant(name[dot]) + name.Substring(dot + 1);
        options.RemoveAll(option => string.Equals(option.Key, key, StringComparison.OrdinalIgnoreCase));
        options.Add(new KeyValuePair<string, string>(key, Json(value)));
    }

    /// <summary>Sets the options of a list <c>GroupSize=64;Bits=3</c>; false, and nothing is set, where it has another form.</summary>
    public bool TrySet(string list)
    {
        var pairs = list.Split([';'], StringSplitOptions.RemoveEmptyEntries).Where(pair => pair.Trim().Length > 0)
            .Select(pair => pair.Split(['='], 2).Select(part => part.Trim()).ToArray()).ToList();
        if (pairs.Any(pair => pair.Length != 2 || !Name.IsMatch(pair[0]) || pair[1].Length == 0))
        {
            return false;
        }

        pairs.ForEach(pair => Set(pair[0], pair[1]));
        return true;
    }

    private static string Json(string value) => Number.IsMatch(value) ? value
        : bool.TryParse(value, out var truth) ? truth.ToString(CultureInfo.InvariantCulture).ToLowerInvariant()
        : PlanDocument.Quote(value);
}
