using System.CommandLine;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam decompress</c>: a packed file becomes a dense checkpoint.</summary>
internal static class DecompressCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN.safetensors") { Description = "The packed file, or the index of its shards." };
        var output = new Option<string>("--output", "-o") { Description = "The dense file to write.", Required = true, HelpName = "DENSE.safetensors" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors only." };
        var shardSize = new ShardSizeArgument();
        var command = new Command("decompress", "Decodes a packed file: coded weights as F32 under their own names and shapes, all else as it is.")
        {
            input, output, shardSize.Option, quiet,
        };

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var destination = parsed.GetRequiredValue(output);
            var source = parsed.GetRequiredValue(input);
            var shardBytes = shardSize.Read(parsed, source);
            using var packed = PackedFile.Open(source);
            var written = CheckpointDecompressor.Decompress(packed, destination, cancellation, shardBytes);
            if (!parsed.GetValue(quiet))
            {
                parsed.InvocationConfiguration.Output.WriteLine($"{written}: {packed.Layers.Count} weights decoded, {packed.CopiedNames.Count} tensors copied");
            }
        })));
        return command;
    }
}
