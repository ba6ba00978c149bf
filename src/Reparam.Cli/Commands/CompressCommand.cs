using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam compress</c>: a dense checkpoint becomes a packed file, chosen by names instead of annotations.</summary>
internal static class CompressCommand
{
    private static readonly ShiftAddOptions Defaults = new() { Bits = 1 };

    public static Command Create()
    {
        var input = new Argument<string>("IN.safetensors") { Description = "The dense checkpoint: a safetensors file, an index of shards, or a folder with one of them." };
        var output = new Option<string>("--output", "-o") { Description = "The packed file to write.", Required = true, HelpName = "OUT.safetensors" };
        var method = new Option<string>("--method") { Description = "The method.", DefaultValueFactory = _ => PackedFormat.ShiftAdd };
        method.AcceptOnlyFromAmong([.. PackedFormat.Methods]);
        var bits = new Option<int>("--bits") { Description = "Sign planes of a weight, 1 to 4.", Required = true, HelpName = "B" };
        var groupSize = new Option<int>("--group-size")
        {
            Description = "Neighbouring inputs of a row that share a set of scales; 0 or -1 for the whole row.",
            DefaultValueFactory = _ => Defaults.GroupSize,
            HelpName = "G",
        };
        var scaleTerms = new Option<int>("--scale-terms")
        {
            Description = "0 for free half-precision scales, 1 to 3 for sums of that many signed powers of two.",
            DefaultValueFactory = _ => Defaults.ScaleTerms,
            HelpName = "0..3",
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Rounds of scale refit and code reassignment, 0 to 100.",
            DefaultValueFactory = _ => Defaults.Rounds,
            HelpName = "R",
        };
        var seed = new Option<int>("--seed") { Description = "Seed of methods that draw random numbers; shiftadd draws none.", HelpName = "S" };
        var threads = new Option<int>("--threads") { Description = "Cores to use, 0 for all. The bytes do not depend on it.", HelpName = "N" };
        var include = new Option<string?>("--include")
        {
            Description = "Code only tensors whose name contains a match of this regular expression. Every floating tensor of two or more dimensions if left out.",
            HelpName = "REGEX",
        };
        var exclude = new Option<string?>("--exclude") { Description = "Carry tensors whose name contains a match as they are.", HelpName = "REGEX" };
        var report = new Option<string?>("--report") { Description = "Write what became of each weight as JSON.", HelpName = "FILE" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors only." };
        var command = new Command("compress", "Codes the weights of a checkpoint in a few bits and writes a packed file.")
        {
            input, output, method, bits, groupSize, scaleTerms, rounds, seed, threads, include, exclude, report, quiet,
        };

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var file = parsed.GetRequiredValue(input);
            var destination = parsed.GetRequiredValue(output);
            var options = new ShiftAddOptions
            {
                Bits = parsed.GetRequiredValue(bits),
                GroupSize = parsed.GetValue(groupSize) is var size && size == -1 ? 0 : size,
                ScaleTerms = parsed.GetValue(scaleTerms),
                Rounds = parsed.GetValue(rounds),
            };
            RequireValid(file, options, parsed.GetValue(threads));
            using var checkpoint = Checkpoint.Open(file);
            if (parsed.GetValue(report) is { } place)
            {
                SourceGuard.RequireOther(checkpoint, place);
                SourceGuard.RequireOther(destination, place);
            }

            var layers = TensorSelection.Plan(checkpoint, options, parsed.GetValue(include), parsed.GetValue(exclude));
            using var progress = new ProgressLine(parsed.GetValue(quiet) ? TextWriter.Null : parsed.InvocationConfiguration.Error);
            var result = CheckpointCompressor.Compress(
                checkpoint, layers, destination, new CompressionSettings { Threads = parsed.GetValue(threads) }, progress, cancellation);
            progress.Dispose();
            if (parsed.GetValue(report) is { } reportFile)
            {
                JsonReport.Write(reportFile, result);
            }

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
        $"{report.Layers.Length} weights coded, {report.SourceBytes:N0} bytes became {report.StoredBytes:N0} ({report.BitsPerWeight:0.000} bits a weight), relative weight error {report.RelativeError:0.0000}, {report.CarriedTensors} tensors carried");

    private static void RequireValid(string file, ShiftAddOptions options, int threads)
    {
        if (threads < 0)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With($"threads is {threads}; 0 takes all cores"));
        }

        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }
}
