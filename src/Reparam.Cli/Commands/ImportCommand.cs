using System.CommandLine;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Import;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam import</c>: a foreign checkpoint becomes safetensors.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The foreign checkpoint." };
        var output = new Option<string>("--output", "-o") { Description = "The safetensors file to write.", Required = true, HelpName = "OUT.safetensors" };
        var format = new Option<string>("--format")
        {
            Description = "The format; llama2c is the legacy .bin of llama2.c, pytorch a state dictionary (.pt, .pth, .th, .bin).",
            DefaultValueFactory = _ => Name(ImportFormat.Auto),
        };
        format.AcceptOnlyFromAmong([.. Enum.GetValues<ImportFormat>().Select(Name)]);
        var stripPrefix = new Option<string>("--strip-prefix")
        {
            Description = "Taken off the names of all tensors that start with it, such as 'module.'.",
            DefaultValueFactory = _ => "",
            HelpName = "PREFIX",
        };
        var command = new Command("import", "Converts a foreign checkpoint to safetensors. Runs no code of the file and needs no Python.")
        {
            model, output, format, stripPrefix,
        };

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellationToken) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var destination = parsed.GetRequiredValue(output);
            var known = Enum.GetValues<ImportFormat>().Single(value => Name(value) == parsed.GetRequiredValue(format));
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error);
            var summary = CheckpointImporter.Import(
                parsed.GetRequiredValue(model), destination, known, parsed.GetRequiredValue(stripPrefix), progress, cancellationToken);
            progress.Dispose();
            foreach (var skipped in summary.Skipped)
            {
                parsed.InvocationConfiguration.Output.WriteLine(Printable.Of($"left out: {skipped}"));
            }

            parsed.InvocationConfiguration.Output.WriteLine($"{destination}: {summary.Tensors} tensors, {summary.Elements:N0} values ({Name(summary.Format)})");
        })));
        return command;
    }

    private static string Name(ImportFormat format) => format.ToString().ToLowerInvariant();
}
