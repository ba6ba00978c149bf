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
        var verify = new Option<bool>("--verify") { Description = "Also read every coded weight of a packed file and compare its canaries." };
        var command = new Command("inspect", "Lists tensors, metadata and coded layers of a checkpoint, after checking every rule of its header.")
        {
            file, json, verify,
        };
        command.SetAction(parsed => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            using var checkpoint = Checkpoint.Open(parsed.GetRequiredValue(file));
            using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
            if (packed is not null && parsed.GetValue(verify))
            {
                Verify(packed);
            }

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

    private static void Verify(PackedFile packed)
    {
        foreach (var name in packed.Layers.Keys)
        {
            packed.ReadMatrix(name);
        }

        packed.VerifyCanaries();
    }
}
