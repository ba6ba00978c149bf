using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Reparam.Benchmarks.Figures;
using Reparam.Cli.Commands;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>error</c>: what coding costs in weight and in output error, for every combination of the options given.</summary>
internal static class ErrorCommand
{
    private const string Gaussian = "gaussian";
    private const string Heavy = "heavy";
    private static readonly ShiftAddAttribute Defaults = new(3);

    private static readonly (string Name, bool Calibrated, Func<ShiftAddAttribute, ShiftAddAttribute> Change)[] Steps =
    [
        ("data-free", false, static options => options),
        ("compensated in natural order", true, static options => options.With(o => { o.ActOrder = false; o.Sweeps = 0; })),
        ("compensated in act-order", true, static options => options.With(o => o.Sweeps = 0)),
        ("one sweep", true, static options => options.With(o => o.Sweeps = 1)),
        ("three sweeps", true, static options => options.With(o => o.Sweeps = 3)),
        ("all sweeps, not compensated", true, static options => options.With(o => o.Compensate = false)),
        ("all sweeps, natural order", true, static options => options.With(o => o.ActOrder = false)),
        ("all sweeps", true, static options => options),
    ];

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Outputs.", DefaultValueFactory = _ => 256, HelpName = "N" };
        var columns = new Option<int>("--columns") { Description = "Inputs.", DefaultValueFactory = _ => 512, HelpName = "K" };
        var tokens = new Option<int>("--tokens") { Description = "Calibration inputs.", DefaultValueFactory = _ => FigureInputs.Tokens, HelpName = "T" };
        var seed = new Option<int>("--seed") { Description = "Seed of weights and inputs.", DefaultValueFactory = _ => 1, HelpName = "S" };
        var weights = BenchArguments.List("--weights", "gaussian, heavy (Student t with 4 degrees of freedom), or both.", Gaussian, Heavy);
        var layouts = BenchArguments.List("--layout", "Layouts: row, column, block8, nested, codebook, auto.", "row");
        var bits = BenchArguments.List("--bits", "Planes.", "3");
        var groupSizes = BenchArguments.List("--group-size", "Weights that share a set of scales.", "128");
        var scaleTerms = BenchArguments.List("--scale-terms", "0 for free scales, 1 to 3 for sums of powers of two.", "0");
        var qualities = BenchArguments.List("--quality", "fast, default, best.", "default");
        var rounds = new Option<int>("--rounds") { Description = "Rounds of the data-free fit.", DefaultValueFactory = _ => Defaults.Rounds, HelpName = "R" };
        var calibrated = new Option<bool>("--calibrated") { Description = "Code with the second moments of the calibration inputs." };
        var sweeps = new Option<int?>("--sweeps") { Description = "Rounds of refit and descent; what the quality allows if left out.", HelpName = "N" };
        var noActOrder = new Option<bool>("--no-act-order") { Description = "Code columns in natural order." };
        var noCompensate = new Option<bool>("--no-compensate") { Description = "Leave the errors of coded columns as they are." };
        var ablation = new Option<bool>("--ablation") { Description = "One line for each step of calibrated coding instead." };
        var threads = new Option<int>("--threads") { Description = "Cores to use, 0 for all.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var repeat = new Option<int>("--repeat") { Description = "Code so many times and print the least CPU time; the first time holds the compilation of the coder itself.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var command = new Command("error", "Codes random matrices and prints stored bits, weight error, output error on the calibration inputs and on fresh ones, and CPU time.")
        {
            rows, columns, tokens, seed, weights, layouts, bits, groupSizes, scaleTerms, qualities, rounds, calibrated, sweeps, noActOrder, noCompensate, ablation, threads, repeat,
        };
        foreach (var size in (Option<int>[])[rows, columns, tokens, repeat])
        {
            size.Validators.Add(result =>
            {
                if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value >= 1))
                {
                    result.AddError($"{size.Name} is {result.Tokens[0].Value}; it takes a whole number of at least 1");
                }
            });
        }

        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var options = (
                from layout in BenchArguments.Names<ShiftAddLayout>(parsed.GetValue(layouts)!)
                from width in BenchArguments.Numbers(parsed.GetValue(bits)!)
                from groupSize in BenchArguments.Numbers(parsed.GetValue(groupSizes)!)
                from terms in BenchArguments.Numbers(parsed.GetValue(scaleTerms)!)
                from quality in BenchArguments.Names<CodingQuality>(parsed.GetValue(qualities)!)
                select new ShiftAddAttribute(width)
                {
                    Layout = layout,
                    GroupSize = groupSize,
                    ScaleTerms = terms,
                    Quality = quality,
                    Rounds = parsed.GetValue(rounds),
                    Sweeps = parsed.GetValue(sweeps) ?? -1,
                    ActOrder = !parsed.GetValue(noActOrder),
                    Compensate = !parsed.GetValue(noCompensate),
                }).ToArray();
            var kinds = parsed.GetValue(weights)!;
            if (kinds.FirstOrDefault(kind => kind is not (Gaussian or Heavy)) is { } unknown)
            {
                throw BenchArguments.Invalid($"'{unknown}' is not one of {Gaussian}, {Heavy}");
            }

            foreach (var option in options)
            {
                BenchArguments.Validate(option);
            }

            var output = parsed.InvocationConfiguration.Output;
            var run = new Run(
                parsed.GetValue(rows), parsed.GetValue(columns), parsed.GetValue(tokens), parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(repeat), cancellation);
            output.WriteLine($"{parsed.GetValue(rows)} x {parsed.GetValue(columns)}, {parsed.GetValue(tokens)} tokens, seed {parsed.GetValue(seed)}");
            output.WriteLine("| weights | layout | bits | group | terms | quality | step | stored bits | weight error | output error | fresh inputs | CPU ms |");
            output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
            foreach (var kind in kinds)
            {
                var matrix = kind == Gaussian
                    ? FigureWeights.Gaussian(run.Rows, run.Columns, run.Seed)
                    : FigureWeights.HeavyTailed(run.Rows, run.Columns, run.Seed);
                foreach (var option in options)
                {
                    if (!parsed.GetValue(ablation))
                    {
                        output.WriteLine(run.Line(kind, matrix, option, parsed.GetValue(calibrated), parsed.GetValue(calibrated) ? "calibrated" : "data-free"));
                        continue;
                    }

                    foreach (var (name, useCalibration, change) in Steps)
                    {
                        output.WriteLine(run.Line(kind, matrix, change(option), useCalibration, name));
                    }
                }
            }
        })));
        return command;
    }

    private sealed class Run(int rows, int columns, int tokens, int seed, int threads, int repeat, CancellationToken cancellation)
    {
        private readonly Lazy<(Gram Calibration, Gram Fresh)> grams = new(() =>
        {
            var inputs = new FigureInputs(columns, seed);
            return (FigureInputs.Gram(inputs.Draw(tokens, seed + 1), columns), FigureInputs.Gram(inputs.Draw(tokens, seed + 2), columns));
        });

        public int Rows => rows;

        public int Columns => columns;

        public int Seed => seed;

        public string Line(string kind, float[] weights, ShiftAddAttribute options, bool calibrated, string step)
        {
            var (known, fresh) = grams.Value;
            var calibration = calibrated ? new LayerCalibration(known) : null;
            CodedLayer? coded = null;
            var cpu = double.PositiveInfinity;
            for (var i = 0; i < repeat; i++)
            {
                var before = ProcessorTime();
                coded = ShiftAddCoder.EncodeIn(options.Layout, weights, rows, columns, options, calibration, "weights", threads, cancellation);
                cpu = Math.Min(cpu, ProcessorTime() - before);
            }

            var decoded = coded!.Matrix.Decode();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {options.Layout.ToString().ToLowerInvariant()} | {options.Bits} | {options.GroupSize} | {options.ScaleTerms} | {options.Quality.ToString().ToLowerInvariant()} | {step} | {StoredBits(coded):0.0000} | {OutputError.Weight(weights, decoded):0.0000} | {OutputError.Relative(weights, decoded, known):0.0000} | {OutputError.Relative(weights, decoded, fresh):0.0000} | {cpu:0} |");
        }

        // One matrix makes a file of its own: it bears its tables alone.
        private double StoredBits(CodedLayer coded) => (coded.Matrix.StoredBytes + coded.Matrix.TableBytes) * 8.0 / ((double)rows * columns);

        private static double ProcessorTime()
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime.TotalMilliseconds;
        }
    }
}
