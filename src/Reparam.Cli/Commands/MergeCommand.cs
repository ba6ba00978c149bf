using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam merge</c>: checkpoints become one, by any operation that is registered.</summary>
internal static class MergeCommand
{
    /// <summary>The command, with the options of every operation that is registered by now.</summary>
    public static Command Create()
    {
        var operations = CheckpointOperations.All;
        var inputs = new Argument<string[]>("IN.safetensors")
        {
            Description = "The checkpoints to merge: safetensors files, indexes of shards, folders with one of them, or files that 'reparam import' reads.",
            Arity = ArgumentArity.OneOrMore,
        };
        var method = new Option<string>("--method", "-m") { Description = Methods(operations), Required = true, HelpName = "METHOD" };
        var baseFile = new Option<string?>("--base")
        {
            Description = "The checkpoint that the inputs were trained from, for methods that need it.",
            HelpName = "BASE.safetensors",
        };
        var target = new Option<string>("--output", "-o") { Description = "The file to write.", Required = true, HelpName = "OUT.safetensors" };
        var keep = Patterns(
            "--keep",
            "Copies tensors whose names match, from the base or without one from the first input, instead of merging them; " +
            "'*' stands for any letters, '?' for one. May be given again.");
        var skip = Patterns("--skip", "Leaves out tensors whose names match. May be given again.");
        var dtype = new Option<string?>("--dtype")
        {
            Description =
                $"Type of merged tensors: {string.Join(", ", OperationDType.Names)}. That of the base, or without one of the first input, if left out.",
            HelpName = "TYPE",
        };
        var shardSize = new ShardSizeArgument();
        var threads = new Option<int>("--threads") { Description = "Cores to use, 0 for all. The bytes do not depend on it.", HelpName = "N" }.AsWhole();
        var dryRun = new Option<bool>("--dry-run") { Description = "Check names, shapes and options, say what would be done, and write nothing." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors and warnings only." };
        var options = new MergeOptions(operations);
        var command = new Command("merge", "Merges checkpoints into one, tensor by tensor.") { inputs, method, baseFile, target };
        options.AddTo(command);
        foreach (var option in (Option[])[keep, skip, dtype, shardSize.Option, threads, dryRun, quiet])
        {
            command.Options.Add(option);
        }

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var files = parsed.GetRequiredValue(inputs);
            var request = new OperationRequest
            {
                Operation = parsed.GetRequiredValue(method),
                Inputs = [.. files],
                Base = parsed.GetValue(baseFile),
                Output = parsed.GetRequiredValue(target),
                Options = options.Read(parsed),
                Keep = [.. parsed.GetRequiredValue(keep)],
                Skip = [.. parsed.GetRequiredValue(skip)],
                DType = OperationDType.Read(parsed.GetValue(dtype), files[0]),
                ShardBytes = shardSize.Read(parsed, files[0]),
                Threads = parsed.GetValue(threads),
            };
            var isQuiet = parsed.GetValue(quiet);
            using var progress = new ProgressLine(isQuiet ? TextWriter.Null : parsed.InvocationConfiguration.Error);
            var report = parsed.GetValue(dryRun) ? OperationRunner.Check(request, cancellation) : OperationRunner.Run(request, progress, cancellation);
            progress.Clear();
            foreach (var warning in report.Warnings)
            {
                parsed.InvocationConfiguration.Error.WriteLine(CommandErrors.OneLine($"{warning.File}: warning {warning.Code}: {warning.Text}"));
            }

            if (!isQuiet)
            {
                var place = report.Written ?? $"{request.Output} (not written)";
                parsed.InvocationConfiguration.Output.WriteLine(CommandErrors.OneLine($"{place}: {Summary(report)}"));
            }
        })));
        return command;
    }

    /// <summary>A merge in one line.</summary>
    public static string Summary(OperationReport report)
    {
        var reasons = report.Copied.CountBy(tensor => tensor.Reason.Split(':')[0]).OrderBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => $"{reason.Value} {reason.Key}");
        var merged = string.Create(CultureInfo.InvariantCulture, $"{Number(report.Merged.Length, "tensor")} ({report.Elements:N0} values)");
        var copied = report.Copied.IsEmpty ? "" : $", {Number(report.Copied.Length, "tensor")} copied ({string.Join(", ", reasons)})";
        var found = string.Concat(report.Found.Select(fact => $", {fact.Key} {fact.Value}"));
        return $"{merged} of {Number(report.Inputs, "checkpoint")} merged by {report.Operation}{copied}{found}";
    }

    private static string Number(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");

    private static Option<string[]> Patterns(string name, string description) =>
        new(name) { Description = description, HelpName = "PATTERN", DefaultValueFactory = _ => [] };

    private static string Methods(ImmutableArray<CheckpointOperation> operations) =>
        string.Join(" ", operations.Select(operation => $"{operation.Name}{(operation.NeedsBase ? " (needs --base)" : "")}: {operation.Summary}"));
}
