using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Cache;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam compress</c>: a dense checkpoint becomes a packed file, chosen by names instead of annotations.</summary>
internal static class CompressCommand
{
    public static Command Create()
    {
        var input =
            new Argument<string>("IN.safetensors")
            {
                Description = "The dense checkpoint: a safetensors file, an index of shards, or a folder with "
                + "one of them."
            };
        var target = new Option<string>("--output", "-o") { Description = "The packed file to write.", Required = true, HelpName = "OUT.safetensors" };
        var coding = new CodingArguments();
        var budget = new BudgetArguments();
        var calibration = new Option<string?>("--calibration")
        {
            Description = "Code for these inputs of the layers: a calibration file, or a safetensors file with inputs [tokens, in] named <tensor>.inputs.",
            HelpName = "FILE",
        };
        var threads = new Option<int>("--threads") { Description = "Cores to use, 0 for all. The bytes do not depend on it.", HelpName = "N" }.AsWhole();
        var include = new Option<string?>("--include")
        {
            Description = "Code only tensors whose name contains a match of this regular expression. Every floating tensor of two or more dimensions if left "
                + "out, embeddings and heads too.",
            HelpName = "REGEX",
        };
        var everything = new Option<bool>("--include-all")
        {
            Description = "Code what is copied by rule as well: scales and zero points of a checkpoint that is quantised already, and buffers that models "
                + "compute, such as causal masks.",
        };
        var exclude = new Option<string?>("--exclude") { Description = "Copy tensors whose name contains a match as they are.", HelpName = "REGEX" };
        var report = new Option<string?>("--report") { Description = "Write what became of each weight as JSON.", HelpName = "FILE" };
        var cache = new Option<string?>("--cache")
        {
            Description = "Keep each coded weight in this folder, and take from there what an earlier run coded in the same way. The bytes do not depend on "
                + "it. Nothing is ever removed: delete the folder, or files in it, as you like.",
            HelpName = "FOLDER",
        };
        var shardSize = new ShardSizeArgument();
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors and warnings only." };
        var command = new Command("compress", "Codes the weights of a checkpoint in a few bits and writes a packed file.") { input, target };
        coding.AddTo(command, budget.SetsWidths);
        budget.AddTo(command);
        foreach (var option in (Option[])[calibration, threads, include, exclude, everything, cache, shardSize.Option, report, quiet])
        {
            command.Options.Add(option);
        }

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var file = parsed.GetRequiredValue(input);
            var destination = parsed.GetRequiredValue(target);
            var options = coding.Read(parsed, file);
            var allocation = budget.Read(parsed, file);
            if (parsed.GetValue(threads) is < 0 and var number)
            {
                throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With($"threads is {number}; 0 takes all cores"));
            }

            var shardBytes = shardSize.Read(parsed, file);
            using var checkpoint = Checkpoint.Open(file);
            var reportFile = parsed.GetValue(report);
            var planFile = allocation is null || reportFile is null ? null : BitPlans.FileBeside(reportFile);
            foreach (var place in ((string?[])[reportFile, planFile]).OfType<string>())
            {
                SourceGuard.RequireOther(checkpoint, place);
                SourceGuard.RequireOther(destination, place);
                if (shardBytes is not null)
                {
                    SourceGuard.RequireOtherShards(place, destination);
                }

                AtomicFile.RequireWritable(place);
            }

            var selection = TensorSelection.Plan(checkpoint, options, parsed.GetValue(include), parsed.GetValue(exclude), parsed.GetValue(everything));
            var layers = selection.Layers;
            if (budget.Plan(parsed) is { } saved)
            {
                layers = BitPlans.Apply(saved, checkpoint, layers);
            }

            using var inputs = CalibrationInput.Open(
                parsed.GetValue(calibration), checkpoint, layers, parsed.GetValue(threads), [destination, reportFile, planFile], cancellation);
            var settings = new CompressionSettings
            {
                Review = SelfCheck.Run,
                ShardBytes = shardBytes,
                Threads = parsed.GetValue(threads),
                Calibration = inputs?.File,
                Cache = parsed.GetValue(cache) is { } folder ? new CodingCache(Path.GetFullPath(folder)) : null,
                Copied = selection.Copied,
            };
            var output = parsed.GetValue(quiet) ? TextWriter.Null : parsed.InvocationConfiguration.Output;
            using var progress = new ProgressLine(parsed.GetValue(quiet) ? TextWriter.Null : parsed.InvocationConfiguration.Error);
            BitPlan? plan = null;
            if (allocation is not null && !layers.IsEmpty)
            {
                AtomicFile.RequireWritable(destination);
                var allocated = BitPlans.Allocate(checkpoint, layers, settings, allocation, inputs?.File, progress, cancellation);
                (plan, layers, settings) = (allocated.Plan, allocated.Layers, allocated.Settings);
                progress.Clear();
                foreach (var note in allocated.Notes)
                {
                    output.WriteLine(Printable.Of(note));
                }

                BitPlans.Write(output, plan, layers);
            }

            var result = CheckpointCompressor.Compress(checkpoint, layers, destination, settings, progress, cancellation) with { Allocation = plan };
            progress.Clear();
            if (reportFile is not null)
            {
                JsonReport.Write(reportFile, result);
            }

            if (planFile is not null && plan is not null)
            {
                plan.Write(planFile);
            }

            CommandErrors.Warn(
                parsed.InvocationConfiguration.Error, file,
                [.. budget.Warnings(parsed, coding.Planned(parsed), allocation is not null), .. selection.Warnings, .. inputs?.Warnings
                    ?? [], .. result.Warnings]);
            foreach (var note in result.Notes.Concat(result.CacheNotes))
            {
                output.WriteLine(CommandErrors.OneLine(note));
            }

            output.WriteLine($"{Path.Combine(Path.GetDirectoryName(destination) ?? "", result.Output)}: {Summary(result)}");
        })));
        return command;
    }

    /// <summary>A compression in one line.</summary>
    public static string Summary(CompressionReport report)
    {
        var coded = report.Layers.IsEmpty
            ? "no weight coded"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Number(report.Layers.Length, "weight")} coded, {report.SourceBytes:N0} bytes became {report.StoredBytes:N0} ({report.BitsPerWeight:0.000} "
                    + $"bits a weight), {Errors(report.RelativeError, report.RelativeOutputError)}, {Layouts(report)}");
        return $"{coded}, {Number(report.Copied.Length, "tensor")} "
            + $"copied{(report.Copied.IsEmpty ? "" : $" ({CopiedTensor.Summary(report.Copied)})")}{Saved(report.Cache)}";
    }

    /// <summary>The errors that were measured, in words.</summary>
    public static string Errors(double weights, double? outputs)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"relative weight error {weights:0.0000}");
        return outputs is { } error ? string.Create(CultureInfo.InvariantCulture, $"{text}, relative output error {error:0.0000}") : text;
    }

    private static string Saved(CacheUse? cache) => cache is { Read: > 0 }
        ? string.Create(CultureInfo.InvariantCulture, $"; {cache.Coded} of {Number(cache.Coded + cache.Read, "layer")} coded, {cache.Read} from the cache")
        : "";

    private static string Layouts(CompressionReport report)
    {
        var layouts = report.Layers.CountBy(layer => layer.Layout)
            .OrderByDescending(layout => layout.Value).ThenBy(layout => layout.Key, StringComparer.Ordinal).ToArray();
        var auto = report.Layers.Any(layer => layer.Tried.Length > 0) ? " by the lowest error" : "";
        return layouts.Length == 1
            ? $"layout {layouts[0].Key}{auto}"
            : $"layouts {string.Join(", ", layouts.Select(layout => $"{layout.Key} ({layout.Value})"))}{auto}";
    }

    private static string Number(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");
}
