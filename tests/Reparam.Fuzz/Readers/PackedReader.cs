using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Cli.Commands;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>A packed file of all layouts: every matrix, decoded, and what <c>reparam inspect</c> prints.</summary>
internal sealed class PackedReader(string folder) : FuzzReader
{
    public override string Name => "packed";

    public override string FileName => "m.reparam.safetensors";

    public override IReadOnlyList<Seed> Seeds { get; } = Weights.PackedSeeds(folder);

    public override Container Container { get; } = new SafetensorsParts();

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override void Read(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
        InspectText.Write(TextWriter.Null, checkpoint, packed);
        InspectJson.Write(TextWriter.Null, checkpoint, packed);
        foreach (var name in packed?.Layers.Keys ?? [])
        {
            packed!.ReadMatrixLazily(name);
            packed.Decode(name, Stream.Null);
        }
    }
}
