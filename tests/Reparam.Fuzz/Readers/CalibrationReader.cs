using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>A calibration file or raw inputs: every layer, the JSON of its metadata, merged and written again.</summary>
internal sealed class CalibrationReader(string folder) : FuzzReader
{
    private readonly ICheckpoint checkpoint = Checkpoint.Open(Weights.WriteDense(folder));

    public override string Name => "calibration";

    public override string FileName => "c.safetensors";

    public override IReadOnlyList<Seed> Seeds { get; } = [new("moments", Moments(folder, hasTarget: false)), new("target", Moments(folder, hasTarget: true)), new("inputs", Inputs(folder))];

    public override Container Container { get; } = new SafetensorsParts();

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CheckpointException), typeof(CompressionException)];

    public override void Read(string path)
    {
        using var file = CalibrationFile.Open(path, threads: 1);
        file.Check(checkpoint);
        var layers = Weights.Plan(2, 0);
        foreach (var layer in layers)
        {
            file.Find(layer.Tensor, Weights.Rows, Weights.Columns);
        }

        if (file.Sensitivity is { } costs)
        {
            var sensitivities = Sensitivities.Parse(costs, path);
            _ = layers.Select(layer => sensitivities.Find(layer.Tensor, layer.Options)).Sum();
        }

        if (CalibrationPlan.Read(file) is { } plan)
        {
            plan.Differing(layers);
            plan.Apply(layers, path);
        }

        // Targets cannot be merged.
        var again = file.Layers.Values.Any(layer => layer.Target is not null) ? CalibrationWriter.Of(file) : CalibrationMerge.Merge([file], anySource: true);
        again.Write(Path.Combine(folder, "again.safetensors"));
    }

    private static byte[] Moments(string folder, bool hasTarget)
    {
        var gram = new float[Weights.Columns * Weights.Columns];
        for (var i = 0; i < Weights.Columns; i++)
        {
            gram[i * (Weights.Columns + 1)] = 1 + i;
        }

        var writer = new CalibrationWriter
        {
            SourceHash = new string('0', 64),
            Settings = CalibrationPlan.Of(Weights.Plan(3, 0)).ToJson(),
            Sensitivity = """{ "row.weight": [ { "layout": "row", "bits": 3, "groupSize": 16, "cost": 0.0123 }, { "layout": "nested", "bits": 2, "groupSize": 16, "cost": -0.5 } ] }""",
        };
        writer.Add(["row.weight", "column.weight"], new Gram(Weights.Columns, gram, 100));
        writer.Add(["nested.weight"], new Gram(Weights.Columns, gram, 7));
        if (hasTarget)
        {
            writer.AddTarget("nested.weight", Weights.Numbers(Weights.Rows * Weights.Columns, 3));
        }

        return Written(folder, path => writer.Write(path));
    }

    private static byte[] Inputs(string folder)
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("row.inputs", [2, 5, Weights.Columns], Weights.Numbers(10 * Weights.Columns, 4));
        writer.Add<float>("nested.weight.inputs", [3, Weights.Columns], Weights.Numbers(3 * Weights.Columns, 4));
        return Written(folder, path => writer.Write(path));
    }

    private static byte[] Written(string folder, Action<string> write)
    {
        var path = Path.Combine(folder, "seed.safetensors");
        write(path);
        return File.ReadAllBytes(path);
    }
}
