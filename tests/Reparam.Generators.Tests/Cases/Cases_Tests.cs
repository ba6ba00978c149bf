using Microsoft.CodeAnalysis;
using Reparam.Generators.Tests.Harness;
using Reparam.Generators.Tests.Twins;

namespace Reparam.Generators.Tests.Cases;

/// <summary>What people write compiles and runs; what cannot is told by one report at the right place, never by an error in emitted code.</summary>
public class Cases_Tests
{
    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var file in (string[])["language", "names", "registration", "initialisation", "lists", "layers", "types", "images", "training"])
            {
                foreach (var one in CaseFile.Read(file))
                {
                    all.Add(file, one.Title);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Works_or_is_told(string file, string title)
    {
        var one = CaseFile.Read(file).Single(c => c.Title == title);
        var run = CaseParity.Compile(one);
        string[] reports = [.. TwinAnalysis.Reports(run), .. AnalyzerRun.Diagnostics(run.Output)
            .Select(d => $"{d.Id} {d.Severity.ToString().ToLowerInvariant()} '{d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)}'")];
        Assert.Equal(one.Reports, reports);
        Assert.Empty(run.Output.GetDiagnostics().Where(d => !d.IsSuppressed && IsOurs(d)));
        if (one.Runs.Length > 0)
        {
            CaseParity.AssertSame(one, run);
        }
    }

    // What the case's own code is warned of by the compiler is its own business.
    private static bool IsOurs(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error
        || (diagnostic.Severity == DiagnosticSeverity.Warning && diagnostic.Location.SourceTree is { FilePath: var path } && !path.StartsWith("Source", StringComparison.Ordinal));
}
