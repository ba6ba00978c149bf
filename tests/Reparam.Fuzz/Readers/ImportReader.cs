using Reparam.Checkpoints;
using Reparam.Checkpoints.Import;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>A foreign checkpoint of one kind, imported.</summary>
internal sealed class ImportReader(string name, string folder, Container container, params Seed[] seeds) : FuzzReader
{
    public override string Name => name;

    public override string FileName => "model.pt";

    public override IReadOnlyList<Seed> Seeds => seeds;

    public override Container Container => container;

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    /// <summary>Reader of PyTorch's zip archives.</summary>
    public static ImportReader Zip(string folder) => new(
        "torch-zip", folder, new ZipParts(), new Seed("flat", Pickle.Zip(nested: false)), new Seed("nested", Pickle.Zip(nested: true)), new Seed("script", Pickle.TorchScript()),
        new Seed("module", TorchArchives.Module), new Seed("compressed", TorchArchives.Compressed));

    /// <summary>Reader of PyTorch's older form.</summary>
    public static ImportReader Legacy(string folder) => new("torch-legacy", folder, new WholeFile(isJson: false), new Seed("legacy", Pickle.Legacy()));

    /// <summary>Reader of PyTorch's first form.</summary>
    public static ImportReader Tar(string folder) => new("torch-tar", folder, new WholeFile(isJson: false), new Seed("tar", Pickle.Tar()));

    /// <summary>Reader of ONNX models.</summary>
    public static ImportReader Onnx(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "weights.bin"), new byte[64]);
        return new("onnx", folder, new WholeFile(isJson: false), new Seed("model", OnnxModel.Make()));
    }

    /// <summary>Reader of the legacy form of llama2.c.</summary>
    public static ImportReader Llama2c(string folder)
    {
        // Width 4, hidden 3, 1 layer, 2 heads, 1 key and value head, 5 tokens, 2 positions.
        int[] header = [4, 3, 1, 2, 1, 5, 2];
        const int Values = 5 * 4 + 4 + (4 * 4) + (4 * 2) + (4 * 2) + (4 * 4) + 4 + (3 * 4) + (4 * 3) + (3 * 4) + 4 + 2 + 2;
        return new ImportReader("llama2c", folder, new WholeFile(isJson: false), new Seed("llama2c", [.. header.SelectMany(BitConverter.GetBytes), .. new byte[Values * sizeof(float)]]));
    }

    public override void Read(string path)
    {
        var output = Path.Combine(folder, "imported.safetensors");
        CheckpointImporter.Import(path, output);
        using var imported = Checkpoint.Open(output);
    }
}
