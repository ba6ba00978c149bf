using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam build</c>: the worker that the build starts. Its lines are a protocol; docs/architecture.md.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var plan = new Argument<string>("PLAN.json") { Description = "The plan that the build wrote." };
        var command = new Command("build", "Compresses a checkpoint as a model's annotations say. Started by the build.") { plan };

        // On a thread of its own: the handlers of signals are set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(
            parsed.InvocationConfiguration.Error,
            () => Run(BuildPlan.Read(parsed.GetRequiredValue(plan)), parsed.InvocationConfiguration.Output, cancellation))));
        return command;
    }

    private static void Run(BuildPlan plan, TextWriter output, CancellationToken cancellation)
    {
        using var checkpoint = Checkpoint.Open(plan.Checkpoint);
        var layers = ManifestExpander.Expand(checkpoint, plan);
        if (layers.IsEmpty)
        {
            output.WriteLine($"##warn {CompressionDiagnostics.NothingToCompress.Id} no layer of {plan.Model} has a post-training method; every tensor is carried as it is");
        }

        CreateFolder(plan.Output);
        AtomicFile.RequireWritable(plan.Output);
        if (plan.Report is not null)
        {
            CreateFolder(plan.Report);
            AtomicFile.RequireWritable(plan.Report);
        }

        using var inputs = CalibrationInput.Open(plan.Calibration, checkpoint, plan.Threads, [plan.Output, plan.Report], cancellation);
        foreach (var warning in inputs?.Warnings ?? [])
        {
            output.WriteLine(CommandErrors.OneLine($"##warn {warning.Diagnostic.Id} {warning.Text}"));
        }

        var settings = new CompressionSettings { Threads = plan.Threads, Calibration = inputs?.File, MaxWeightError = plan.MaxWeightError };
        var report = CheckpointCompressor.Compress(checkpoint, layers, plan.Output, settings, new Lines(output), cancellation);
        if (plan.Report is not null)
        {
            JsonReport.Write(plan.Report, report);
        }

        output.WriteLine($"##summary {CompressCommand.Summary(report)}");
    }

    // A folder that cannot be made is reported by the file that cannot be written into it.
    private static void CreateFolder(string file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>One line a layer.</summary>
    private sealed class Lines(TextWriter output) : IProgress<CompressionProgress>
    {
        public void Report(CompressionProgress value)
        {
            if (value.Layer is { } layer)
            {
                output.WriteLine(CommandErrors.OneLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"##progress {value.Done} {value.Total} {value.Tensor} [{string.Join(", ", layer.Shape)}]: {layer.Options.Bits} bits, {CompressCommand.Errors(layer.RelativeError, layer.RelativeOutputError)}")));
                if (layer.Warning is { } warning)
                {
                    output.WriteLine(CommandErrors.OneLine($"##warn {warning.Diagnostic.Id} {warning.Text}"));
                }
            }
            else if (value.Done == 0)
            {
                output.WriteLine(CommandErrors.OneLine($"##progress 0 {value.Total} {value.Tensor}"));
            }
        }
    }
}
