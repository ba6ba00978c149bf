using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam compress</c>: a dense checkpoint becomes a packed file, chosen by names instead of annotations.</summary>
internal static class CompressCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN.safetensors") { Description = "The dense checkpoint: a safetensors file, an index of shards, or a folder with one of them." };
        var output = new Option<string>("--output", "-o") { Description = "The packed file to write.", Required = true, HelpName = "OUT.safetensors" };
        var coding = new CodingArguments();
        var calibration = new Option<string?>("--calibration")
        {
            Description = "Code for these inputs of the layers: a calibration file, or a safetensors file with inputs [tokens, in] named <tensor>.inputs.",
            HelpName = "FILE",
        };
        var threads = new Option<int>("--threads") { Description = "Cores to use, 0 for all. The bytes do not depend on it.", HelpName = "N" };
        var include = new Option<string?>("--include")
        {
            Description = "Code only tensors whose name contains a match of this regular expression. Every floating tensor of two or more dimensions if left out.",
            HelpName = "REGEX",
        };
        var exclude = new Option<string?>("--exclude") { Description = "Carry tensors whose name contains a match as they are.", HelpName = "REGEX" };
        var report = new Option<string?>("--report") { Description = "Write what became of each weight as JSON.", HelpName = "FILE" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors and warnings only." };
        var command = new Command("compress", "Codes the weights of a checkpoint in a few bits and writes a packed file.") { input, output };
        coding.AddTo(command);
        foreach (var option in (Option[])[calibration, threads, include, exclude, report, quiet])
        {
            command.Options.Add(option);
        }

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var file = parsed.GetRequiredValue(input);
            var destination = parsed.GetRequiredValue(output);
            var options = coding.Read(parsed, file);
            if (parsed.GetValue(threads) is < 0 and var number)
            {
                throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With($"threads is {number}; 0 takes all cores"));
            }

            using var checkpoint = Checkpoint.Open(file);
            var reportFile = parsed.GetValue(report);
            if (reportFile is not null)
            {
                SourceGuard.RequireOther(checkpoint, reportFile);
                SourceGuard.RequireOther(destination, reportFile);
                AtomicFile.RequireWritable(reportFile);
            }

            var layers = TensorSelection.Plan(checkpoint, options, parsed.GetValue(include), parsed.GetValue(exclude));
            using var inputs = CalibrationInput.Open(parsed.GetValue(calibration), checkpoint, parsed.GetValue(threads), [destination, reportFile], cancellation);
            var settings = new CompressionSettings { Threads = parsed.GetValue(threads), Calibration = inputs?.File };
            using var progress = new ProgressLine(parsed.GetValue(quiet) ? TextWriter.Null : parsed.InvocationConfiguration.Error);
            var result = CheckpointCompressor.Compress(checkpoint, layers, destination, settings, progress, cancellation);
            progress.Dispose();
            if (reportFile is not null)
            {
                JsonReport.Write(reportFile, result);
            }

            CommandErrors.Warn(parsed.InvocationConfiguration.Error, file, [.. inputs?.Warnings ?? [], .. result.Warnings]);
            if (!parsed.GetValue(quiet))
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{destination}: {Summary(result)}");
            }
        })));
        return command;
    }

    /// <summary>A compression in one line.</summary>
    public static string Summary(CompressionReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Layers.Length} weights coded, {report.SourceBytes:N0} bytes became {report.StoredBytes:N0} ({report.BitsPerWeight:0.000} bits a weight), {Errors(report.RelativeError, report.RelativeOutputError)}, {report.CarriedTensors} tensors carried");

    /// <summary>The errors that were measured, in words.</summary>
    public static string Errors(double weights, double? outputs)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"relative weight error {weights:0.0000}");
        return outputs is { } error ? string.Create(CultureInfo.InvariantCulture, $"{text}, relative output error {error:0.0000}") : text;
    }
}
