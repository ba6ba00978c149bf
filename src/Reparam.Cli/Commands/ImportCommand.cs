using System.CommandLine;
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
            Description =
                "The format; pytorch is what torch.save and torch.jit.save write (.pt, .pth, .th, .bin, .ckpt), onnx a model with its external data, " +
                "llama2c the legacy .bin of llama2.c.",
            DefaultValueFactory = _ => Name(ImportFormat.Auto),
        };
        format.AcceptOnlyFromAmong([.. Enum.GetValues<ImportFormat>().Select(Name)]);
        var stripPrefix = new Option<string>("--strip-prefix")
        {
            Description = "Taken off the names of all tensors that start with it, such as 'module.'.",
            DefaultValueFactory = _ => "",
            HelpName = "PREFIX",
        };
        var key = new Option<string?>("--key")
        {
            Description = "The part of a PyTorch checkpoint to import, as keys joined by dots, such as 'model_ema.state_dict'.",
            HelpName = "NAME",
        };
        var skip = new Option<string[]>("--skip")
        {
            Description = "Leaves out the tensors, dictionaries and modules whose names match; '*' stands for any letters, '?' for one. May be given again.",
            DefaultValueFactory = _ => [],
            HelpName = "PATTERN",
        };
        var raw = new Option<bool>("--raw")
        {
            Description =
                "Keep the tensors of an ONNX model as they are. Otherwise weights that the exporter numbered get the names of their layers, linear ones are " +
                "turned to [out, in], and the constants of the graph's arithmetic are left out.",
        };
        var shardSize = new ShardSizeArgument();
        var command = new Command(
            "import", "Converts a foreign checkpoint to safetensors: every tensor of it, or an error. Runs no code of the file and needs no Python.")
        {
            model, output, format, stripPrefix, key, skip, raw, shardSize.Option,
        };

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellationToken) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var destination = parsed.GetRequiredValue(output);
            var options = new ImportOptions
            {
                Format = Enum.GetValues<ImportFormat>().Single(value => Name(value) == parsed.GetRequiredValue(format)),
                StripPrefix = parsed.GetRequiredValue(stripPrefix),
                Key = parsed.GetValue(key),
                Skip = parsed.GetRequiredValue(skip),
                Raw = parsed.GetValue(raw),
                ShardBytes = shardSize.Read(parsed, parsed.GetRequiredValue(model)),
            };
            using var progress = new ProgressLine(parsed.InvocationConfiguration.Error);
            var summary = CheckpointImporter.Import(parsed.GetRequiredValue(model), destination, options, progress, cancellationToken);
            progress.Dispose();
            Print(parsed.InvocationConfiguration.Output, summary);
        })));
        return command;
    }

    private static void Print(TextWriter output, ImportSummary summary)
    {
        foreach (var skipped in summary.Skipped)
        {
            output.WriteLine(CommandErrors.OneLine($"left out: {skipped}"));
        }

        foreach (var pattern in summary.UnusedPatterns)
        {
            output.WriteLine(CommandErrors.OneLine($"note: --skip '{pattern}' matches nothing"));
        }

        output.WriteLine($"{summary.Written}: {summary.Tensors} tensors, {summary.Elements:N0} values ({Name(summary.Format)})");
    }

    private static string Name(ImportFormat format) => format.ToString().ToLowerInvariant();
}
