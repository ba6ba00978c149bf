using System.CommandLine;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam inspect</c>: what a checkpoint or packed file holds.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A safetensors file, a packed file, an index of shards, or a folder with one of them." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of tables." };
        var command = new Command("inspect", "Lists tensors, metadata and coded layers of a checkpoint, after checking every rule of its format.") { file, json };
        command.SetAction(parsed => CheckpointErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            using var checkpoint = Checkpoint.Open(parsed.GetRequiredValue(file));
            using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                InspectJson.Write(output, checkpoint, packed);
            }
            else
            {
                InspectText.Write(output, checkpoint, packed);
            }
        }));
        return command;
    }
}
