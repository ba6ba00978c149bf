using System.CommandLine;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Calibration;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam calibration</c>: looks at recordings and merges them.</summary>
internal static class CalibrationCommand
{
    public static Command Create() => new("calibration", "Looks at calibration files, and merges them.") { CreateInspect(), CreateMerge() };

    private static Command CreateInspect()
    {
        var file = new Argument<string>("FILE") { Description = "A calibration file, or a safetensors file with raw inputs '<weight>.inputs' [tokens, in]." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var threads = new Option<int>("--threads") { Description = "Cores to use for raw inputs; 0, the default, for all.", HelpName = "N" }.AsWhole();
        var command = new Command("inspect", "Reads and checks every layer, and tells what its inputs look like.") { file, json, threads };

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            using var calibration = CalibrationFile.Open(parsed.GetRequiredValue(file), parsed.GetValue(threads), cancellation);
            var statistics = new Dictionary<string, GramStatistics>(StringComparer.Ordinal);
            using (var progress = new ProgressLine(parsed.InvocationConfiguration.Error))
            {
                foreach (var (index, (name, layer)) in calibration.Layers.Index())
                {
                    progress.Report(new CompressionProgress(index, calibration.Layers.Count, name, null));
                    if (!statistics.ContainsKey(layer.Gram))
                    {
                        statistics.Add(layer.Gram, GramStatistics.Of(calibration.ReadGram(name), cancellation));
                    }
                }
            }

            var report = new CalibrationReport(calibration, statistics);
            if (parsed.GetValue(json))
            {
                report.WriteJson(parsed.InvocationConfiguration.Output);
            }
            else
            {
                report.WriteText(parsed.InvocationConfiguration.Output);
            }
        })));
        return command;
    }

    private static Command CreateMerge()
    {
        var files = new Argument<string[]>("FILES") { Description = "Two or more calibration files of one model.", Arity = new ArgumentArity(2, 1000) };
        var output = new Option<string>("--output", "-o") { Description = "The file to write.", Required = true, HelpName = "OUT.safetensors" };
        var anySource = new Option<bool>("--any-source") { Description = "Merge recordings of different weights too; the result then names no source." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors only." };
        var command = new Command("merge", "Merges recordings, each layer by the inputs that it has seen.") { files, output, anySource, quiet };
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var destination = parsed.GetRequiredValue(output);
            var open = new List<CalibrationFile>();
            try
            {
                foreach (var path in parsed.GetRequiredValue(files))
                {
                    SourceGuard.RequireOther(path, destination);
                    open.Add(CalibrationFile.Open(path, cancellation: cancellation));
                }

                CalibrationMerge.Merge(open, parsed.GetValue(anySource)).Write(destination, cancellation);
                if (!parsed.GetValue(quiet))
                {
                    using var merged = CalibrationFile.Open(destination);
                    parsed.InvocationConfiguration.Output.WriteLine(
                        $"{destination}: {merged.Layers.Count} layers of {open.Count} recordings, {merged.Layers.Values.Max(layer => layer.Tokens)} tokens");
                    WarnOfLoss(parsed.InvocationConfiguration.Output, "sensitivities", merged.Sensitivity, open.Exists(file => file.Sensitivity is not null));
                    WarnOfLoss(parsed.InvocationConfiguration.Output, "settings", merged.Settings, open.Exists(file => file.Settings is not null));
                }
            }
            finally
            {
                open.ForEach(file => file.Dispose());
            }
        })));
        return command;
    }

    private static void WarnOfLoss(TextWriter output, string what, string? kept, bool given)
    {
        if (given && kept is null)
        {
            output.WriteLine($"The recordings have different {what}: they are left out.");
        }
    }
}
