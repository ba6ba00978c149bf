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
    public static Command Create()
    {
        var plan = new Argument<string>("PLAN.json") { Description = "The plan that the build wrote." };
        var parent = new Option<int?>("--parent") { Description = "Process whose end ends the work.", HelpName = "ID" }.AsWhole();
        var command = new Command("build-merge", "Merges checkpoints as an item of a project says. Started by the build.") { plan, parent };

        // On a thread of its own: the handlers of signals are set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(
            parsed.InvocationConfiguration.Error,
            () =>
            {
                using var watch = new ParentWatch(parsed.GetValue(parent), cancellation);
                Run(Path.GetFullPath(parsed.GetRequiredValue(plan)), parsed.InvocationConfiguration.Output, watch.Token);
            })));
        return command;
    }

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
            Print(output, $"##warn {warning.Code} {Path.GetFileName(warning.File)}: {warning.Text}");
        }

        BuildStamps.Write(plan.Stamp, made, [plan.Output], cancellation);
        Print(output, $"##summary {MergeCommand.Summary(report)}");
    }

    private static void Print(TextWriter output, string line) => output.WriteLine(CommandErrors.OneLine(line));

    /// <summary>One line a tensor.</summary>
    private sealed class Lines(TextWriter output) : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value) =>
            Print(output, string.Create(CultureInfo.InvariantCulture, $"##progress {value.Done} {value.Total} {value.Tensor}"));
    }
}
