using Reparam.Checkpoints.Packed;
using Reparam.Fuzz.Mutation;
using Reparam.Runtime.Packed;

namespace Reparam.Fuzz.Readers;

/// <summary>Prepacked weights beside a good packed file: whatever is wrong with them, the model loads and runs.</summary>
internal sealed class PrepackedReader : FuzzReader
{
    private readonly string packed;

    public PrepackedReader(string folder)
    {
        Directory.CreateDirectory(folder);
        packed = Path.Combine(folder, "m.reparam.safetensors");
        File.WriteAllBytes(packed, Weights.Pack(folder, 2, 0));
        var path = PackedKernels.Current == KernelPath.Scalar ? KernelPath.Vector128 : PackedKernels.Current;
        var prepacked = PrepackedFile.PathOf(packed, path);
        using (var file = PackedFile.Open(packed))
        {
            PrepackedFile.Write(file, path, prepacked);
        }

        FileName = Path.GetFileName(prepacked);
        var written = File.ReadAllBytes(prepacked);
        Seeds = [new("prepacked", written), new("older", new SafetensorsParts().WithoutChecksums(written))];
    }

    public override string Name => "prepacked";

    public override string FileName { get; }

    public override IReadOnlyList<Seed> Seeds { get; }

    public override Container Container { get; } = new SafetensorsParts();

    public override IReadOnlyList<Type> Documented { get; } = [];

    public override void Read(string path) => RuntimeReader.Forward(packed);
}
