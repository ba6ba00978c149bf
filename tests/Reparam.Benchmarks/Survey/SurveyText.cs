using System.Globalization;

namespace Reparam.Benchmarks.Survey;

/// <summary>Prints a survey.</summary>
internal static class SurveyText
{
    /// <summary>The figures of each project and of all, then what blocks most classes first.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="surveys">The projects.</param>
    /// <param name="top">Lines of the table of blockers.</param>
    public static void Write(TextWriter output, IReadOnlyList<ProjectSurvey> surveys, int top)
    {
        output.WriteLine("| project | classes | without an error | with all they use | raw errors | exceptions | left out |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var group in surveys.Where(HasModules).GroupBy(survey => survey.Name.Split(':')[0]))
        {
            WriteProject(output, group.Key, [.. group]);
        }

        WriteProject(output, "**all**", surveys);
        var fixes = surveys.SelectMany(survey => survey.Edits).GroupBy(edit => edit.Key, edit => edit.Value)
            .OrderBy(edit => edit.Key, StringComparer.Ordinal).ToArray();
        if (fixes.Length > 0)
        {
            output.WriteLine();
            output.WriteLine($"Code fixes applied: {string.Join(", ", fixes.Select(edit => $"{edit.Key} {edit.Sum()}"))}.");
        }

        var table = new SurveyTable([.. surveys.SelectMany(survey => survey.Classes)]);
        var lines = table.Lines();
        if (lines.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("What blocks most classes first. 'alone': classes that have no other error. The last columns: the share of classes that work when");
        output.WriteLine("this line and all above it are mended.");
        output.WriteLine();
        output.WriteLine("| # | blocker | classes | alone | own | with all |");
        output.WriteLine("|---|---|---|---|---|---|");
        for (var i = 0; i < Math.Min(top, lines.Count); i++)
        {
            var (blocker, total, alone, own, all) = lines[i];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {i + 1} | {blocker.Id} {Cell(blocker.Subject)} | {total} | {alone} | {Percent(own, table.Count)} | {Percent(all, table.Count)} |"));
        }

        if (lines.Count > top)
        {
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.Count - top} more blockers; --top prints them."));
        }
    }

    /// <summary>Each class with what keeps it from compiling, and the compiler's errors in emitted code.</summary>
    public static void WriteList(TextWriter output, IReadOnlyList<ProjectSurvey> surveys)
    {
        foreach (var survey in surveys.Where(HasModules))
        {
            var table = new SurveyTable(survey.Classes);
            output.WriteLine();
            output.WriteLine($"{survey.Name}");
            foreach (var one in survey.Classes)
            {
                var state = table.IsWhole(one) ? "works" : one.Blockers.Count == 0 ? "works, but not all that it uses" : "does not work";
                output.WriteLine($"  {one.Name}: {state}");
                foreach (var blocker in one.Blockers.OrderBy(b => b.Id, StringComparer.Ordinal).ThenBy(b => b.Subject, StringComparer.Ordinal))
                {
                    output.WriteLine($"    {blocker.Id} {blocker.Subject}");
                }
            }

            foreach (var (name, error) in survey.LeftOut)
            {
                output.WriteLine($"  {name}: left out, does not compile without marks: {error.Id} {error.GetMessage(CultureInfo.InvariantCulture)}");
            }

            foreach (var error in survey.RawErrors)
            {
                output.WriteLine($"  in emitted code: {error}");
            }

            foreach (var thrown in survey.Exceptions)
            {
                output.WriteLine($"  thrown: {thrown}");
            }
        }
    }

    private static void WriteProject(TextWriter output, string name, IReadOnlyList<ProjectSurvey> surveys)
    {
        var table = new SurveyTable([.. surveys.SelectMany(survey => survey.Classes)]);
        var (raw, thrown, leftOut) = (surveys.Sum(one => one.RawErrors.Count), surveys.Sum(one => one.Exceptions.Count), surveys.Sum(one => one.LeftOut.Count));
        output.WriteLine($"| {name} | {table.Count} | {Share(table.Own, table.Count)} | {Share(table.All, table.Count)} | {raw} | {thrown} | {leftOut} |");
    }

    private static bool HasModules(ProjectSurvey survey) => survey.Classes.Count + survey.LeftOut.Count > 0;

    private static string Share(int count, int of) => $"{count} ({Percent(count, of)})";

    private static string Percent(int count, int of) => of == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / of:0} %");

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|");
}
