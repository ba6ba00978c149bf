using System.Text;
using Reparam.Build;
using Reparam.Build.Plans;
using Reparam.Checkpoints;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>The index of a sharded checkpoint, as the library and as the build reads it.</summary>
internal sealed class ShardIndexReader : FuzzReader
{
    public ShardIndexReader(string folder)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Weights.WriteDense(folder), Path.Combine(folder, "s1.safetensors"), overwrite: true);
        using var shard = Checkpoint.Open(Path.Combine(folder, "s1.safetensors"));
        var map = string.Join(",", shard.Names.Select(name => $"\"{name}\":\"s1.safetensors\""));
        Seeds = [new("index", Encoding.UTF8.GetBytes($"{{\"metadata\":{{\"total_size\":1}},\"weight_map\":{{{map}}}}}"))];
    }

    public override string Name => "index";

    public override string FileName => "m.safetensors.index.json";

    public override IReadOnlyList<Seed> Seeds { get; }

    public override Container Container { get; } = new WholeFile(isJson: true);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override void Read(string path)
    {
        try
        {
            CheckpointSources.Find(path);
        }
        catch (BuildErrorException)
        {
            // What the build refuses, the library is to refuse too, or to read.
        }

        using var file = Checkpoint.Open(path);
        Checkpoint.ComputeHash(file);
    }
}
