using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using Reparam.Benchmarks.Figures;
using Reparam.Benchmarks.Peers;
using Reparam.Cli.Commands;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Binary;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>coding</c>: how many weights a second the data-free row coder codes on one thread, beside a plain loop over floats.</summary>
internal static class CodingCommand
{
    private const int PublishedRounds = 15;
    private const int GroupSize = 128;

    private static readonly (string Name, Func<int, ShiftAddAttribute> Options)[] Coders =
    [
        ("fast, 15 rounds", bits => new(bits) { Quality = CodingQuality.Fast, Rounds = PublishedRounds }),
        ("fast", bits => new(bits) { Quality = CodingQuality.Fast }),
        ("default", bits => new(bits)),
        ("best", bits => new(bits) { Quality = CodingQuality.Best }),
    ];

    public static Command Create()
    {
        var rows = Size("--rows", "Outputs.", 256, "N");
        var columns = Size("--columns", "Inputs.", 4096, "K");
        var seed = new Option<int>("--seed") { Description = "Seed of the weights.", DefaultValueFactory = _ => 1, HelpName = "S" };
        var repeat = Size("--repeat", "Code so many times; the shortest counts. The plain loop runs once.", 20, "N");
        var command = new Command("coding", "Codes a random Gaussian matrix in row layout, groups of 128, on one thread, and prints weights a second and weight error.")
        {
            rows, columns, seed, repeat,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var bench = new Bench(parsed.GetValue(rows), parsed.GetValue(columns), parsed.GetValue(seed), parsed.GetValue(repeat), cancellation);
            output.WriteLine($"{parsed.GetValue(rows)} x {parsed.GetValue(columns)}, seed {parsed.GetValue(seed)}, vectors of {Width()} bits");
            output.WriteLine("| bits | terms | coder | million weights a second | weight error |");
            output.WriteLine("|---|---|---|---|---|");
            foreach (var bits in (int[])[2, 3, 4])
            {
                output.WriteLine(bench.Reference(bits));
                foreach (var (name, options) in Coders)
                {
                    output.WriteLine(bench.Line(name, options(bits)));
                }
            }

            for (var terms = 1; terms <= 3; terms++)
            {
                output.WriteLine(bench.Line("default", new ShiftAddAttribute(3) { ScaleTerms = terms }));
            }
        })));
        return command;
    }

    private static Option<int> Size(string name, string description, int standard, string help)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = help };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value >= 1))
            {
                result.AddError($"{name} is {result.Tokens[0].Value}; it takes a whole number of at least 1");
            }
        });
        return option;
    }

    private static int Width() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private sealed class Bench(int rows, int columns, int seed, int repeat, CancellationToken cancellation)
    {
        private readonly float[] weights = FigureWeights.Gaussian(rows, columns, seed);

        public string Reference(int bits)
        {
            var decoded = new float[weights.Length];
            var start = Stopwatch.GetTimestamp();
            for (var row = 0; row < rows; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                ScalarBinaryCoding.Code(weights.AsSpan(row * columns, columns), GroupSize, bits, PublishedRounds, decoded.AsSpan(row * columns, columns));
            }

            return Line(bits, 0, "published, plain loop, 15 rounds", weights.Length / Stopwatch.GetElapsedTime(start).TotalSeconds, OutputError.Weight(weights, decoded));
        }

        public string Line(string name, ShiftAddAttribute options)
        {
            EncodedMatrix? encoded = null;
            var seconds = Shortest(() => encoded = BinaryCoder.Encode(weights, rows, columns, options, threads: 1, cancellation: cancellation));
            return Line(options.Bits, options.ScaleTerms, name, weights.Length / seconds, encoded!.RelativeError);
        }

        private static string Line(int bits, int terms, string name, double weightsPerSecond, double error) =>
            string.Create(CultureInfo.InvariantCulture, $"| {bits} | {terms} | {name} | {weightsPerSecond / 1e6:0.00} | {error:0.0000} |");

        private double Shortest(Action code)
        {
            var shortest = double.PositiveInfinity;
            for (var i = 0; i < repeat; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var start = Stopwatch.GetTimestamp();
                code();
                shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return shortest;
        }
    }
}
