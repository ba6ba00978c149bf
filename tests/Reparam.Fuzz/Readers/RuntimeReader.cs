using Reparam.Checkpoints;
using Reparam.Fuzz.Mutation;
using Reparam.Runtime;

namespace Reparam.Fuzz.Readers;

/// <summary>A checkpoint, packed or not, as an app loads it; then one forward.</summary>
internal sealed class RuntimeReader(string folder) : FuzzReader
{
    public override string Name => "runtime";

    public override string FileName => "m.reparam.safetensors";

    public override IReadOnlyList<Seed> Seeds { get; } = [.. Weights.PackedSeeds(folder), new("dense", File.ReadAllBytes(Weights.WriteDense(folder)))];

    public override Container Container { get; } = new SafetensorsParts();

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException)];

    public override void Read(string path)
    {
        var config = CheckpointConfig.Open(path);
        config.GetInt32("dim");
        config.GetInt64("dim");
        config.GetSingle("rate");
        config.GetDouble("rate");
        config.GetString("name");
        config.GetBoolean("tied");
        Forward(path);
    }

    /// <summary>Loads and runs the model.</summary>
    public static void Forward(string path)
    {
        using var model = new FuzzModel();
        CheckpointLoader.Load(model, path);
        using var scope = Torch.NewDisposeScope();
        model.Call(Torch.Ones(1, Weights.Columns));
        model.Call(Torch.Ones(3, Weights.Columns));
    }
}
