using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints.Packed;
using Reparam.Cli.Benchmarks;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam bench kernels</c>: how fast packed products are, as times, as shares of what memory allows, and beside other libraries.</summary>
internal static class BenchKernelsCommand
{
    public static Command Create()
    {
        var shapes = List("--shape", "Rows x columns.", "4096x4096");
        var bits = List("--bits", "Planes, 1 to 4.", "3");
        var groupSizes = List("--group-size", "Weights that share a set of scales, where the layout has such groups.", "128");
        var layouts = List("--layout", "row, column, block8, nested, codebook.", "row");
        var precisions = List("--precision", "default, fast, exact.", "default");
        var paths = List("--path", "avx512, avx2, vector128; the machine's best if left out.");
        var inputs = List("--inputs", "Input rows.", "1");
        var threads = new Option<int>("--threads") { Description = "Threads of every contender.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var state = List("--state", "hot (weights in the cache), cold (weights from memory).", "hot", "cold");
        var ggml = new Option<string?>("--ggml") { Description = "A libggml-cpu*.so of llama.cpp to compare with.", HelpName = "FILE" };
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter samples." };
        var command = new Command("kernels", "Measures packed products on random matrices.")
        {
            shapes, bits, groupSizes, layouts, precisions, paths, inputs, threads, state, ggml, quick,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            Environment.SetEnvironmentVariable(PackedKernels.ThreadsVariable, parsed.GetValue(threads).ToString(CultureInfo.InvariantCulture));
            var chosenPaths = parsed.GetValue(paths)! is { Length: > 0 } named ? Names<KernelPath>(named) : [PackedKernels.Current];
            var cases = (
                from shape in parsed.GetValue(shapes)!.Select(text => text.Split('x'))
                from layout in Names<PackedLayout>(parsed.GetValue(layouts)!)
                from width in parsed.GetValue(bits)!
                from groupSize in parsed.GetValue(groupSizes)!
                from path in chosenPaths
                from precision in Names<KernelPrecision>(parsed.GetValue(precisions)!)
                from batch in parsed.GetValue(inputs)!
                select new KernelCase(
                    int.Parse(shape[0], CultureInfo.InvariantCulture), int.Parse(shape[1], CultureInfo.InvariantCulture), layout, int.Parse(width, CultureInfo.InvariantCulture),
                    int.Parse(groupSize, CultureInfo.InvariantCulture), precision, path, int.Parse(batch, CultureInfo.InvariantCulture))).ToArray();
            var library = parsed.GetValue(ggml) is { } file ? GgmlLibrary.Load(file) : null;
            var sampler = parsed.GetValue(quick) ? new Sampler(parsed.GetValue(threads), 25, 1e-3) : new Sampler(parsed.GetValue(threads), 80, 2e-3);
            using var team = new PinnedTeam(parsed.GetValue(threads));
            var bench = new KernelBench(sampler, team, library);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"| shape | layout | bits | precision | path | inputs | threads | weights | us | GB/s | of probe | GFLOP/s | {library?.Name ?? "ggml"} takes |");
            output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
            foreach (var item in cases)
            {
                foreach (var cold in parsed.GetValue(state)!.Select(text => text == "cold"))
                {
                    cancellation.ThrowIfCancellationRequested();
                    output.WriteLine(Line(item, parsed.GetValue(threads), bench.Measure(item, cold)));
                }
            }
        })));
        return command;
    }

    private static string Line(KernelCase item, int threads, KernelFigures figures) => string.Create(CultureInfo.InvariantCulture,
        $"| {item.Rows}x{item.Columns} | {item.Layout.FormatName()} | {item.Bits} | {item.Precision.ToString().ToLowerInvariant()} | {item.Path.ToString().ToLowerInvariant()} | " +
        $"{item.Batch} | {threads} | {(figures.Cold ? "memory" : "cache")} | {figures.Seconds * 1e6:0.0} | {figures.BytesPerSecond / 1e9:0.0} | {figures.Share:0%} | " +
        $"{figures.GigaOperations:0} | {(figures.Ggml is { } ratio ? $"{ratio.ToString("0.00", CultureInfo.InvariantCulture)} x" : "-")} |");

    private static Option<string[]> List(string name, string description, params string[] defaults) => new(name)
    {
        Description = $"{description} Several are separated by commas.",
        DefaultValueFactory = _ => defaults,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    private static T[] Names<T>(string[] names)
        where T : struct, Enum => [.. names.Select(name => Enum.Parse<T>(name, ignoreCase: true))];
}
