using System.CommandLine;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam inspect</c>: what a checkpoint or packed file holds.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A safetensors file, a packed file, an index of shards, or a folder with one of them." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of tables." };
        var verify = new Option<bool>("--verify")
        {
            Description = "Also read every byte and compare it with the checksums that the file has; of a packed file "
            + "check the form of every coded weight and its check values too, on every kernel path of this machine."
        };
        var command = new Command("inspect", "Lists tensors, metadata and coded layers of a checkpoint, after checking every rule of its header.")
        {
            file, json, verify,
        };
        command.SetAction(parsed => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            using var checkpoint = Checkpoint.Open(parsed.GetRequiredValue(file));
            using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
            var verified = parsed.GetValue(verify) ? Verify(checkpoint, packed) : null;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                InspectJson.Write(output, checkpoint, packed, verified);
            }
            else
            {
                InspectText.Write(output, checkpoint, packed, verified);
            }
        }));
        return command;
    }

    /// <summary>Checks all that can be checked, and says in one line what that was.</summary>
    private static string Verify(ICheckpoint checkpoint, PackedFile? packed)
    {
        var bytes = ContentVerification.Verify(checkpoint);
        var sums = bytes is null
            ? "it has no checksums"
            : string.Create(CultureInfo.InvariantCulture, $"all {bytes:N0} bytes, header and {checkpoint.Names.Count:N0} tensors, have their checksums");
        if (packed is null)
        {
            return bytes is null ? $"Not verified: {sums}, so there is nothing to verify it against" : $"Verified: {sums}";
        }

        VerifyLayers(packed);
        var layers = string.Create(
            CultureInfo.InvariantCulture, $"{packed.Layers.Count:N0} coded weights have their form, {packed.Canaries.Count:N0} of them give "
                + $"their check values");
        return bytes is null
            ? $"Verified in part: {layers}; {sums}, as files of earlier versions, so a change elsewhere is not seen"
            : $"Verified: {sums}; {layers}";
    }

    private static void VerifyLayers(PackedFile packed)
    {
        foreach (var name in packed.Layers.Keys)
        {
            packed.ReadMatrix(name);
        }

        SelfCheck.Run(packed, CancellationToken.None);
    }
}
