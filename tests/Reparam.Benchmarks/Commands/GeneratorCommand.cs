using System.CommandLine;
using System.Globalization;
using Reparam.Benchmarks.Compiling;
using Reparam.Cli.Machine;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>generator</c>: what the generator and the analyzers cost beside the compiler.</summary>
internal static class GeneratorCommand
{
    // The first rounds compile the compiler itself.
    private const int WarmUps = 5;

    private static readonly SourceEdit[] Edits =
    [
        new("a body in a file that no model reaches", ModelSources.UnrelatedFile, "values.Count", "values.Count + 0"),
        new("a declaration in a file that no model reaches", ModelSources.UnrelatedFile, "public int Count", "public long Count"),
        new("white space in a marked class", "Mlp0.cs", "h = dropout.call(h);", "h =  dropout.call(h);"),
        new("a comment in a marked class", "Mlp0.cs", "h = dropout.call(h);", "h = dropout.call(h); // why"),
        new("a body of a marked class", "Mlp0.cs", "functional.gelu(up.call(x))", "functional.relu(up.call(x))"),
        new("a member of a marked class", "Mlp0.cs", "private readonly Dropout dropout;", "private readonly Dropout dropout; private readonly long kept = 1;"),
    ];

    public static Command Create()
    {
        var classes = Number("--classes", "Marked classes, a multiple of five.", 200);
        var repeat = Number("--repeat", "Rounds; the median counts.", 9);
        var edits = new Option<bool>("--edits") { Description = "Measures the cost of edits too." };
        var cold = new Option<bool>("--cold") { Description = "Measures the SDK's compiler in processes of its own instead, as a build without a compile server." };
        var command = new Command(
            "generator", "Compiles model classes of five ordinary shapes and prints the processor time of compiler, generator and analyzers, warm unless --cold.")
        {
            classes, repeat, edits, cold,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var count = parsed.GetValue(classes);
            if (count % ModelSources.Count != 0)
            {
                throw BenchArguments.Invalid(string.Create(CultureInfo.InvariantCulture, $"--classes is {count}; it takes a multiple of {ModelSources.Count}"));
            }

            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}; {MachineFacts.Read().Line()}; {count} classes"));
            output.WriteLine();
            if (parsed.GetValue(cold))
            {
                PrintCold(output, count, parsed.GetValue(repeat), cancellation);
                return;
            }

            var cost = new CompileCost(count);
            PrintCompile(output, [.. Rounds(parsed.GetValue(repeat), WarmUps, () => cost.Round(cancellation))]);
            if (parsed.GetValue(edits))
            {
                output.WriteLine();
                output.WriteLine("| after an edit of | generator, ms |");
                output.WriteLine("|---|---|");
                foreach (var edit in Edits)
                {
                    var seconds = Median(Rounds(parsed.GetValue(repeat), warmUps: 1, () => cost.After(edit, cancellation)));
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {edit.Name} | {1e3 * seconds:0} |"));
                }
            }
        })));
        return command;
    }

    private static void PrintCompile(TextWriter output, CompileRound[] rounds)
    {
        output.WriteLine("| processor time, median | seconds | of the compile alone |");
        output.WriteLine("|---|---|---|");
        Line("compile alone", round => round.Alone);
        Line("generator", round => round.Generator);
        Line("analyzers", round => round.Analyzers);
        Line("generator and analyzers", round => round.Generator + round.Analyzers);
        Line("compile with what is emitted", round => round.Emitted);

        void Line(string name, Func<CompileRound, double> seconds)
        {
            var share = Median(rounds.Select(round => seconds(round) / round.Alone));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(rounds.Select(seconds)):0.000} | {share:0%} |"));
        }
    }

    private static void PrintCold(TextWriter output, int classes, int repeat, CancellationToken cancellation)
    {
        using var cold = new ColdCompile(classes);
        (string Name, Func<double> Compile)[] lines =
        [
            ("compile alone", cold.Alone),
            ("compile with what is emitted", cold.Emitted),
            ("compile with generator and analyzers", () => cold.WithGenerator()),
            ("the same without a profile, as the package's targets start it", () => cold.WithGenerator(isProfiled: false)),
        ];

        // Side by side: other work on the machine changes all of them.
        var rounds = Rounds(repeat, warmUps: 1, () => lines.Select(line =>
        {
            cancellation.ThrowIfCancellationRequested();
            return line.Compile();
        }).ToArray()).ToArray();
        output.WriteLine("| processor time of a compiler process, median | seconds | of the compile alone | added |");
        output.WriteLine("|---|---|---|---|");
        for (var i = 0; i < lines.Length; i++)
        {
            var share = Median(rounds.Select(round => round[i] / round[0]));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {lines[i].Name} | {Median(rounds.Select(round => round[i])):0.00} | {share:0%} | {share - 1:0%} |"));
        }
    }

    private static IEnumerable<T> Rounds<T>(int count, int warmUps, Func<T> round)
    {
        for (var i = 0; i < warmUps; i++)
        {
            round();
        }

        for (var i = 0; i < count; i++)
        {
            yield return round();
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static Option<int> Number(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value >= 1))
            {
                result.AddError($"{name} is {result.Tokens[0].Value}; it takes a whole number of at least 1");
            }
        });
        return option;
    }
}
