using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Checkpoints.Packed;
using Reparam.Cli.Commands;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>
/// Verb <c>kernels</c>: how fast packed products are, as shares of what memory allows and beside other libraries. Each number of threads is measured in a process of
/// its own, because the threads of packed products start once.
/// </summary>
internal static class KernelsCommand
{
    private const int MaxSize = 65536;
    private const int MaxThreads = 256;
    private const string Hot = "cache";
    private const string Cold = "memory";

    private static readonly string[] StandardShapes = ["4096x4096", "1024x1024", "11008x4096", "4096x11008"];

    public static Command Create()
    {
        var shapes = BenchArguments.List("--shape", "Rows x columns of the matrix.", "4096x4096");
        var layouts = BenchArguments.List("--layout", "row, column, block8, nested, codebook.", "row");
        var bits = BenchArguments.List("--bits", "Planes, 1 to 4.", "3");
        var groupSizes = BenchArguments.List("--group-size", "Weights that share a set of scales in the layouts row, column and block8; 0 for all of a row or column.", "128");
        var precisions = BenchArguments.List("--precision", "default, fast, exact.", "default");
        var paths = BenchArguments.List("--path", "avx512, avx2, vector128, scalar; the one that this machine takes if left out.");
        var inputs = BenchArguments.List("--inputs", "Input rows.", "1");
        var states = BenchArguments.List("--from", "Where the weights come from: cache, memory.", Hot, Cold);
        var all = new Option<bool>("--all") { Description = $"The shapes {string.Join(", ", StandardShapes)} at 2, 3 and 4 bits in the precisions default and fast, unless other options say otherwise." };
        var threads = BenchArguments.List("--threads", "Threads of every contender; 1,2 for the table of targets, else 1.");
        var ggml = new Option<string?>("--ggml") { Description = "Compare with this build of ggml: a libggml-cpu*.so of llama.cpp, libggml-base.so beside it.", HelpName = "FILE" };
        var ggmlAvx2 = new Option<string?>("--ggml-avx2") { Description = "The build of ggml that the path avx2 is compared with, such as libggml-cpu-haswell.so.", HelpName = "FILE" };
        var torch = new Option<bool>("--libtorch") { Description = "Compare with libtorch." };
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter samples: a first impression." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of Markdown." };
        Option[] selection = [shapes, layouts, bits, groupSizes, precisions, paths, inputs, states, all];
        var command = new Command("kernels", "Measures packed products on random matrices: a table of targets, or one line for every combination of the options that select products.")
        {
            shapes, layouts, bits, groupSizes, precisions, paths, inputs, states, all, threads, ggml, ggmlAvx2, torch, quick, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            foreach (var problem in KernelSettings.Read().Problems())
            {
                throw BenchArguments.Invalid(problem);
            }

            var selected = selection.Any(option => parsed.GetResult(option) is { Implicit: false });
            var counts = BenchArguments.Numbers(threads, parsed.GetValue(threads)!, 1, MaxThreads).ToArray();
            if (counts.Length == 0)
            {
                counts = selected || Environment.ProcessorCount == 1 ? [1] : [1, 2];
            }

            // One number of threads, as text: lines are printed as they are measured.
            var output = parsed.InvocationConfiguration.Output;
            var prints = selected && counts.Length == 1 && !parsed.GetValue(json);
            var cases = selected ? Cases() : [];
            var colds = parsed.GetValue(states)!.Select(state => state switch
            {
                Hot => false,
                Cold => true,
                _ => throw BenchArguments.Invalid($"'{state}' is not one of {Hot}, {Cold}"),
            }).ToArray();
            KernelReport[] reports = counts.Length == 1
                ? [Checked(() => Measure(counts[0]))]
                : [.. counts.Select(count => KernelReportJson.Read(SelfProcess.Run(["kernels", .. ArgumentsWithout(parsed, threads, json), threads.Name, Text(count), json.Name], cancellation)))];
            var report = KernelReport.Join(reports);
            if (parsed.GetValue(json))
            {
                output.WriteLine(KernelReportJson.Write(report));
            }
            else if (!prints)
            {
                KernelReportText.Write(output, report);
            }

            KernelCase[] Cases()
            {
                var wide = parsed.GetValue(all);
                var path = parsed.GetValue(paths)! is { Length: > 0 } named ? BenchArguments.Names<KernelPath>(named).ToArray() : [PackedKernels.Current];
                foreach (var missing in path.Where(name => !PackedKernels.IsSupported(name)))
                {
                    throw BenchArguments.Invalid($"this process cannot run the path {missing.ToString().ToLowerInvariant()}");
                }

                IEnumerable<int> GroupSizes(string layout) => BenchArguments.Numbers(groupSizes, parsed.GetValue(groupSizes)!, 0, MaxSize).Select(size => layout != "block8" || size % 8 == 0
                    ? size
                    : throw BenchArguments.Invalid($"{groupSizes.Name} is {size}; the layout block8 takes multiples of 8"));
                string[] Or(Option<string[]> option, params string[] standard) => wide && parsed.GetResult(option) is null or { Implicit: true } ? standard : parsed.GetValue(option)!;
                return
                [
                    .. (from shape in Or(shapes, StandardShapes).Select(Shape)
                       from layout in BenchArguments.Formats(parsed.GetValue(layouts)!)
                       from width in BenchArguments.Numbers(bits, Or(bits, "2", "3", "4"), 1, PlanesMatrix.MaxBits)
                       from groupSize in GroupSizes(layout)
                       from name in path
                       from precision in BenchArguments.Names<KernelPrecision>(Or(precisions, "default", "fast"))
                       from batch in BenchArguments.Numbers(inputs, parsed.GetValue(inputs)!, 1, MaxSize)
                       select new KernelCase(shape.Rows, shape.Columns, layout, width, KernelCase.LayoutHasGroups(layout) ? groupSize : 0, precision, name, batch)).Distinct(),
                ];
            }

            KernelReport Measure(int count)
            {
                BenchArguments.UseThreads(count);
                using var team = new PinnedTeam(count);
                using var progress = new ProgressLine(parsed.InvocationConfiguration.Error);
                var bench = new KernelBench(parsed.GetValue(quick) ? new Sampler(count, samples: 25, sampleSeconds: 1e-3) : new Sampler(count, samples: 100, sampleSeconds: 2e-3), team);
                var rivals = new Rivals(
                    Loaded(parsed, ggml, GgmlLibrary.Load),
                    Loaded(parsed, ggmlAvx2, GgmlLibrary.Load),
                    parsed.GetValue(torch) ? TorchLibrary.Load(count) : null);
                var targets = new KernelTargets(bench, rivals, what =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Report(what);
                });
                var report = new KernelReport(DateOnly.FromDateTime(DateTime.UtcNow), MachineFacts.Read(), PackedKernels.Current.ToString().ToLowerInvariant(), rivals.Names, [], [], []);
                if (!selected)
                {
                    KernelTarget[] found = [.. count == 1 ? targets.OneThread() : targets.ManyThreads(count)];
                    return report with { Targets = found, Probes = targets.Probes };
                }

                if (prints)
                {
                    KernelReportText.WriteHead(output, report);
                    KernelReportText.WriteLineHead(output);
                }

                var lines = new List<KernelLine>();
                foreach (var (item, cold) in cases.SelectMany(item => colds.Select(cold => (item, cold))))
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Report($"{item.Rows}x{item.Columns} {item.Layout} {item.Bits}");
                    lines.Add(bench.Line(item, cold, rivals));
                    if (prints)
                    {
                        progress.Clear();
                        KernelReportText.WriteLine(output, lines[^1]);
                    }
                }

                return report with { Lines = lines };
            }
        })));
        return command;
    }

    private static (int Rows, int Columns) Shape(string text) =>
        text.Split('x') is [var rows, var columns] && Size(rows) is { } n && Size(columns) is { } k ? (n, k) : throw BenchArguments.Invalid($"'{text}' is no shape; expected ROWSxCOLUMNS, each 1 to {MaxSize}");

    private static int? Size(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= MaxSize ? value : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static T? Loaded<T>(ParseResult parsed, Option<string?> option, Func<string, T> load)
        where T : class
    {
        try
        {
            return parsed.GetValue(option) is { } place ? load(place) : null;
        }
        catch (Exception exception) when (exception is IOException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or TypeLoadException or MissingMemberException)
        {
            throw BenchArguments.Invalid($"{option.Name}: {exception.Message}");
        }
    }

    // Functions of ggml are looked up, and tried, when a product is made.
    private static KernelReport Checked(Func<KernelReport> measure)
    {
        try
        {
            return measure();
        }
        catch (EntryPointNotFoundException exception)
        {
            throw BenchArguments.Invalid(exception.Message);
        }
    }

    // The options of the command line, less two.
    private static IEnumerable<string> ArgumentsWithout(ParseResult parsed, Option<string[]> list, Option<bool> flag) =>
        from result in parsed.CommandResult.Children.OfType<OptionResult>()
        where !result.Implicit && result.Option != list && result.Option != flag
        from argument in (string[])[result.Option.Name, .. result.Tokens.Select(token => token.Value)]
        select argument;
}
