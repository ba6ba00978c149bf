using System.Text;
using Reparam.Checkpoints;
using Reparam.Cli.Commands;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>Header and data of a safetensors file, and what <c>reparam inspect</c> prints of them.</summary>
internal sealed class SafetensorsReader(string folder) : FuzzReader
{
    public override string Name => "safetensors";

    public override string FileName => "a.safetensors";

    public override IReadOnlyList<Seed> Seeds { get; } =
    [
        new("dense", File.ReadAllBytes(Weights.WriteDense(folder))),
        new("empty", [2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8]),
        new("types", Raw("""{"a":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]},"b":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]},"c":{"dtype":"F4","shape":[2],"data_offsets":[11,12]},"d":{"dtype":"F64","shape":[0,9],"data_offsets":[12,12]}}""", 12)),
    ];

    public override Container Container { get; } = new SafetensorsParts();

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override void Read(string path)
    {
        using var file = Checkpoint.Open(path);
        foreach (var name in file.Names)
        {
            var info = file.Info(name);
            file.CopyTo(name, Stream.Null);
            if (ElementConversion.CanConvertToSingle(info.DType))
            {
                file.ReadSingles(name);
            }
        }

        InspectText.Write(TextWriter.Null, file, null);
        InspectJson.Write(TextWriter.Null, file, null);
        Checkpoint.ComputeHash(file);
    }

    private static byte[] Raw(string header, int dataLength) => new SafetensorsParts().Join([new Part(Encoding.UTF8.GetBytes(header), true), new Part(new byte[dataLength], false)]);
}
