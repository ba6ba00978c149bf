using System.CommandLine;
using System.Globalization;
using Reparam.Build.Stamps;
using Reparam.Checkpoints;
using Reparam.Cli.Extensions;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary>
/// <c>reparam build-merge</c>: the worker that the build starts for a <c>ReparamMerge</c>. Its lines are those of <see cref="BuildCommand"/>.
/// </summary>
internal static class BuildMergeCommand
{
    public static Command Create() => WorkerCommand.Create("build-merge", "Merges checkpoints as an item of a project says. Started by the build.", Run);

    private static void Run(string planFile, TextWriter output, CancellationToken cancellation)
    {
        var plan = OperationPlan.Read(planFile);
        var watched = BuildInputs.Watch(planFile, plan, cancellation);
        ExtensionLoader.Load(plan.Extensions);
        AtomicFile.RequireWritable(plan.Output);
        IReadOnlyList<FileGroup> made = [];
        var request = plan.ToRequest(hashes => made = watched.Confirm(hashes, cancellation));
        var report = OperationRunner.Run(request, new Lines(output), cancellation);
        foreach (var warning in report.Warnings)
        {
            WorkerCommand.Print(output, $"##warn {warning.Code} {Path.GetFileName(warning.File)}: {warning.Text}");
        }

        BuildStamps.Write(plan.Stamp, made, [plan.Output], cancellation);
        WorkerCommand.Print(output, $"##summary {MergeCommand.Summary(report)}");
    }

    /// <summary>One line a tensor.</summary>
    private sealed class Lines(TextWriter output) : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value) =>
            WorkerCommand.Print(output, string.Create(CultureInfo.InvariantCulture, $"##progress {value.Done} {value.Total} {value.Tensor}"));
    }
}
