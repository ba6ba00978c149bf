using System.CommandLine;
using System.Globalization;
using Reparam.Build.Stamps;
using Reparam.Checkpoints;
using Reparam.Cli.Extensions;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Cache;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;
using Reparam.Compression.Steps;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam build</c>: the worker that the build starts. Its lines are a protocol; docs/architecture.md.</summary>
internal static class BuildCommand
{
    public static Command Create() => WorkerCommand.Create("build", "Compresses a checkpoint as a model's annotations say. Started by the build.", Run);

    private static void Run(string planFile, TextWriter output, CancellationToken cancellation)
    {
        var plan = BuildPlan.Read(planFile);
        var paths = KernelPaths(plan);
        var watched = BuildInputs.Watch(planFile, plan, cancellation);
        ExtensionLoader.Load(plan.Extensions ?? []);
        using var file = Checkpoint.Open(plan.Checkpoint);
        var steps = PlanSteps.Run(file, plan, cancellation);
        (var checkpoint, plan, var layers) = (steps.Checkpoint, steps.Plan, steps.Layers);
        foreach (var warning in steps.Warnings)
        {
            WorkerCommand.Print(output, $"##warn {warning.Diagnostic.Id} {warning.Text}");
        }

        foreach (var note in steps.Notes)
        {
            WorkerCommand.Print(output, $"##note {note}");
        }

        var leftOut = LeftOutTensors.Of(checkpoint, plan);
        TellLeftOut(file, checkpoint, plan, leftOut, output);
        var notCopied = layers.Select(layer => layer.Tensor).Concat(leftOut).ToHashSet(StringComparer.Ordinal);
        foreach (var warning in FiniteCheck.Warnings(checkpoint, checkpoint.Names.Where(name => !notCopied.Contains(name)), cancellation))
        {
            WorkerCommand.Print(output, $"##warn {warning.Diagnostic.Id} {warning.Text}");
        }

        if (layers.IsEmpty)
        {
            WorkerCommand.Print(
                output, $"##warn {CompressionDiagnostics.NothingToCompress.Id} no layer of {plan.Model} has a post-training method; every tensor is "
                    + "copied as it is");
        }

        var allocation = plan.ReadAllocation();
        if (plan.AllocationPlan is { } saved)
        {
            layers = BitPlans.Apply(saved, checkpoint, layers);
        }

        foreach (var written in ((string?[])[plan.Output, plan.Report, plan.Allocation, plan.Stamp]).OfType<string>())
        {
            SourceGuard.RequireOther(checkpoint, written);
            CreateFolder(written);
            AtomicFile.RequireWritable(written);
        }

        using var inputs = CalibrationInput.Open(plan.Calibration, checkpoint, layers, plan.Threads, [plan.Output, plan.Report, plan.Allocation], cancellation);
        foreach (var warning in inputs?.Warnings ?? [])
        {
            WorkerCommand.Print(output, $"##warn {warning.Diagnostic.Id} {warning.Text}");
        }

        // Targets are right for the codings that they were made with; what is coded is for the annotations and the item to say.
        if (allocation is null && inputs is not null && CalibrationPlan.Read(inputs.File)?.Differing(layers) is > 0 and var differing)
        {
            WorkerCommand.Print(
                output, $"##note {differing} of {layers.Length} layers are coded otherwise than when their targets were made: calibrate again, or take the "
                    + "calibration's plan with AllocationPlan");
        }

        IReadOnlyList<FileGroup> made = [];
        var settings = new CompressionSettings
        {
            Review = SelfCheck.Run,
            Threads = plan.Threads,
            Calibration = inputs?.File,
            Cache = plan.Cache is null ? null : new CodingCache(plan.Cache),
            MaxWeightError = plan.MaxWeightError,
            LeftOut = leftOut,
            BeforeCommit = hash => made = watched.Confirm(hash, cancellation),
        };
        var lines = new Lines(output);
        BitPlan? bits = null;
        if (allocation is not null && !layers.IsEmpty)
        {
            var allocated = BitPlans.Allocate(checkpoint, layers, settings, allocation, inputs?.File, lines, cancellation);
            (bits, layers, settings) = (allocated.Plan, allocated.Layers, allocated.Settings);
            foreach (var note in allocated.Notes.Append(BitPlans.Summary(bits, layers)))
            {
                WorkerCommand.Print(output, $"##note {note}");
            }
        }

        var report = CheckpointCompressor.Compress(
            checkpoint, layers, plan.Output, settings, lines, cancellation) with
        { Allocation = bits, Steps = steps.Steps };
        var grown = report.Copied.Where(tensor => tensor.Reason == CopyReason.Grows).Select(tensor => (tensor.Tensor, Why: "would not get smaller"));
        report = report with { Dense = [.. DenseWeights.Of(checkpoint, plan, notCopied), .. grown] };
        var prepacked = PrepackedFiles.Write(plan.Output, paths, cancellation);
        if (plan.Report is not null)
        {
            JsonReport.Write(plan.Report, report);
        }

        if (plan.Allocation is not null)
        {
            Save(bits, plan.Allocation);
        }

        if (plan.Stamp is not null)
        {
            string?[] written = [plan.Output, .. prepacked.Select(one => one.File), plan.Report, bits is null ? null : plan.Allocation];
            BuildStamps.Write(plan.Stamp, made, [.. written.OfType<string>()], cancellation);
        }

        settings.Cache?.Prune();
        foreach (var note in report.CacheNotes)
        {
            WorkerCommand.Print(output, $"##note {note}");
        }

        foreach (var (tensor, why) in report.Dense)
        {
            WorkerCommand.Print(output, $"##detail {tensor} stays dense: {why}");
        }

        WorkerCommand.Print(output, $"##summary {CompressCommand.Summary(report)}");
        if (report.Dense.Length > 0)
        {
            WorkerCommand.Print(output, $"##summary {DenseWeights.Summary(plan.Model, report.Layers.Length, report.Dense)}");
        }
    }

    private static KernelPath[] KernelPaths(BuildPlan plan)
    {
        try
        {
            return [.. (plan.RuntimeLayouts ?? []).Select(PrepackedFiles.Parse)];
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(plan.Checkpoint, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }

    private static void TellLeftOut(ICheckpoint source, ICheckpoint checkpoint, BuildPlan plan, IReadOnlySet<string> leftOut, TextWriter output)
    {
        if (leftOut.Count > 0)
        {
            WorkerCommand.Print(output, $"##note left out by Skip: {string.Join(", ", leftOut.Order(StringComparer.Ordinal))}");
        }

        // A pattern may have matched what a step has folded into something else.
        foreach (var pattern in LeftOutTensors.Unmatched(checkpoint, plan).Intersect(LeftOutTensors.Unmatched(source, plan)))
        {
            WorkerCommand.Print(
                output, $"##warn {CompressionDiagnostics.InvalidOption.Id} the pattern '{pattern}' of Skip matches no tensor of the checkpoint");
        }
    }

    // A plan of an earlier build would be taken for this one's.
    private static void Save(BitPlan? bits, string file)
    {
        if (bits is not null)
        {
            bits.Write(file);
        }
        else if (File.Exists(file))
        {
            File.Delete(file);
        }
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
    private sealed class Lines(TextWriter output) : IProgress<CompressionProgress>, IProgress<AllocationProgress>
    {
        public void Report(CompressionProgress value)
        {
            if (value.Layer is { } layer)
            {
                WorkerCommand.Print(output, string.Create(
                    CultureInfo.InvariantCulture,
                    $"##progress {value.Done} {value.Total} {value.Tensor} [{string.Join(", ", layer.Shape)}]: "
                        + $"{layer.Options.Method.Describe(layer.Options)}, "
                        + $"{CompressCommand.Errors(layer.RelativeError, layer.RelativeOutputError)}{(layer.IsCached ? ", from the cache" : "")}"));
                if (layer.Warning is { } warning)
                {
                    WorkerCommand.Print(output, $"##warn {warning.Diagnostic.Id} {warning.Text}");
                }

                if (layer.Note is { } note)
                {
                    WorkerCommand.Print(output, $"##note {note}");
                }
            }
            else if (value.Grown is { } grown)
            {
                WorkerCommand.Print(output, $"##warn {grown.Diagnostic.Id} {grown.Text}");
            }
            else if (value.Done == 0)
            {
                WorkerCommand.Print(output, $"##progress 0 {value.Total} {value.Tensor}");
            }
        }

        public void Report(AllocationProgress value) => WorkerCommand.Print(output, $"##progress {value.Done} {value.Total} measured, {value.Tensor}");
    }
}
