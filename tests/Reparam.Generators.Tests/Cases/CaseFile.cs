using System.Runtime.CompilerServices;

namespace Reparam.Generators.Tests.Cases;

/// <summary>
/// A file of small sources, each of which must compile with what is emitted from it, without a report, and run as TorchSharp does.
/// </summary>
/// <remarks>
/// <c>//=== title</c> begins a case. <c>//! new Ns.Net(8) : randn(2, 8)</c> asks for a run of the class and of its twin on these inputs.
/// <c>//? RP0201 'text'</c> says that the compiler reports this at that text; the lines are in the order of the source.
/// </remarks>
internal static class CaseFile
{
    /// <summary>The cases of a file of this folder.</summary>
    /// <param name="name">Name without ending.</param>
    /// <param name="here">Path of this source; given by the compiler.</param>
    public static IEnumerable<Case> Read(string name, [CallerFilePath] string here = "")
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, name + ".cases"));
        foreach (var part in text.Split("//=== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = part.Split('\n');
            yield return new Case(
                lines[0].Trim(),
                string.Join("\n", lines.Skip(1).Where(line => !line.StartsWith("//! ", StringComparison.Ordinal))),
                [.. Marked(lines, "//! ").Select(Run)],
                [.. Marked(lines, "//? ")]);
        }
    }

    private static IEnumerable<string> Marked(string[] lines, string mark) =>
        lines.Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..].Trim());

    private static CaseRun Run(string line)
    {
        var colon = line.LastIndexOf(" : ", StringComparison.Ordinal);
        return new CaseRun(line[..colon].Trim(), line[(colon + 3)..].Trim());
    }
}

/// <summary>One source.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Source">Its text.</param>
/// <param name="Runs">What is run.</param>
/// <param name="Reports">What is reported; none for a case that works.</param>
internal sealed record Case(string Title, string Source, CaseRun[] Runs, string[] Reports);

/// <summary>A class that is made and called.</summary>
/// <param name="Creation">The expression that makes it.</param>
/// <param name="Inputs">The inputs of its forward: <c>randn(2, 8)</c>, or <c>ints(10, 2, 4)</c> for a [2, 4] of integers below 10.</param>
internal sealed record CaseRun(string Creation, string Inputs);
