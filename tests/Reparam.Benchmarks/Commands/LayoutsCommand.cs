using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Cli.Commands;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>layouts</c>: what each layout costs a checkpoint in bytes and in error; nothing is written.</summary>
internal static class LayoutsCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN.safetensors") { Description = "The dense checkpoint." };
        var layouts = BenchArguments.List("--layout", "Layouts: row, column, block8, nested, codebook, auto.", "row", "column", "block8", "nested", "codebook", "auto");
        var bits = BenchArguments.List("--bits", "Planes.", "2", "3", "4");
        var groupSize = new Option<int>("--group-size") { Description = "Weights that share a set of scales in the layouts row, column and block8.", DefaultValueFactory = _ => 128, HelpName = "G" };
        var quality = BenchArguments.List("--quality", "fast, default, best.", "default");
        var calibration = new Option<string?>("--calibration") { Description = "Code for these inputs of the layers, and print the output error.", HelpName = "FILE" };
        var include = new Option<string?>("--include") { Description = "Code only tensors whose name contains a match.", HelpName = "REGEX" };
        var exclude = new Option<string?>("--exclude") { Description = "Leave tensors out whose name contains a match.", HelpName = "REGEX" };
        var threads = new Option<int>("--threads") { Description = "Cores to use, 0 for all.", HelpName = "N" };
        var command = new Command("layouts", "Codes a checkpoint in every layout and prints stored bits, weight error and, with a calibration, output error. Nothing is written.")
        {
            input, layouts, bits, groupSize, quality, calibration, include, exclude, threads,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var options = (
                from width in BenchArguments.Numbers(bits, parsed.GetValue(bits)!, 1, PlanesMatrix.MaxBits)
                from layout in BenchArguments.Names<ShiftAddLayout>(parsed.GetValue(layouts)!)
                from effort in BenchArguments.Names<CodingQuality>(parsed.GetValue(quality)!)
                select BenchArguments.Checked(new ShiftAddAttribute(width) { Layout = layout, GroupSize = parsed.GetValue(groupSize), Quality = effort })).ToArray();

            var file = parsed.GetRequiredValue(input);
            using var checkpoint = Checkpoint.Open(file);
            var layers = TensorSelection.Plan(checkpoint, options[0], parsed.GetValue(include), parsed.GetValue(exclude)).Layers;
            CheckpointCompressor.RequireCodable(checkpoint, layers);
            using var inputs = CalibrationInput.Open(parsed.GetValue(calibration), checkpoint, layers, parsed.GetValue(threads), [], cancellation);
            CommandErrors.Warn(parsed.InvocationConfiguration.Error, file, inputs?.Warnings ?? []);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{layers.Length} weights, {layers.Sum(layer => checkpoint.Info(layer.Tensor).ElementCount):N0} elements, {(inputs is null ? "data-free" : "calibrated")}, groups of {parsed.GetValue(groupSize)}"));
            output.WriteLine($"| bits | layout | quality | stored bits | weight error |{(inputs is null ? "" : " output error |")} coded in | CPU ms |");
            output.WriteLine($"|---|---|---|---|---|{(inputs is null ? "" : "---|")}---|---|");
            foreach (var option in options)
            {
                output.WriteLine(Line(checkpoint, [.. layers.Select(layer => layer with { Options = option })], inputs?.File, parsed.GetValue(threads), cancellation));
            }
        })));
        return command;
    }

    private static string Line(ICheckpoint checkpoint, LayerPlan[] layers, CalibrationFile? calibration, int threads, CancellationToken cancellation)
    {
        var tables = new SharedTables(layers.Where(layer => SharedTables.AreIn(layer.Options.As<ShiftAddAttribute>().Layout)).Select(layer =>
        {
            var (rows, columns) = MatrixShape.Of(checkpoint.Info(layer.Tensor));
            return new SharedTableLayer(layer.Tensor, rows, columns, () => checkpoint.Singles(layer.Tensor));
        }));
        var use = new TableUse();
        var reports = new List<LayerReport>(layers.Length);
        var start = Environment.CpuUsage.TotalTime;
        foreach (var layer in layers)
        {
            var info = checkpoint.Info(layer.Tensor);
            var (rows, columns) = MatrixShape.Of(info);
            var asked = layer.Options.As<ShiftAddAttribute>();
            var coded = ShiftAddCoder.EncodeIn(
                asked.Layout, checkpoint.Singles(layer.Tensor), rows, columns, asked, calibration?.Find(layer.Tensor, rows, columns), layer.Tensor, threads,
                cancellation, tables);
            use.Add(coded.Matrix);
            reports.Add(LayerReport.Of(layer, info, coded));
        }

        var time = Environment.CpuUsage.TotalTime - start;
        var report = new CompressionReport { Checkpoint = "", Output = "", SourceHash = "", Layers = use.Spread(reports), Copied = [] };
        var options = layers[0].Options.As<ShiftAddAttribute>();
        var error = calibration is null ? "" : string.Create(CultureInfo.InvariantCulture, $" {report.RelativeOutputError ?? double.NaN:0.0000} |");
        var found = string.Join(", ", report.Layers.CountBy(layer => layer.Layout).Select(layout => $"{layout.Key} {layout.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {options.Bits} | {options.Layout.ToString().ToLowerInvariant()} | {options.Quality.ToString().ToLowerInvariant()} | {report.BitsPerWeight:0.000} | {report.RelativeError:0.0000} |{error} {found} | {time.TotalMilliseconds:0} |");
    }
}
