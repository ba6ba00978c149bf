using System.Text;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>The plan of a build, expanded against a checkpoint.</summary>
internal sealed class PlanReader(string folder) : FuzzReader
{
    private readonly ICheckpoint checkpoint = Checkpoint.Open(WriteDense(folder));

    public override string Name => "plan";

    public override string FileName => "plan.json";

    public override IReadOnlyList<Seed> Seeds { get; } =
    [
        new("plan", Encoding.UTF8.GetBytes(
            """
            { "version": 1, "checkpoint": "m.safetensors", "output": "obj/m.reparam.safetensors", "report": "obj/m.report.json", "model": "Ns.Model", "seed": 0, "threads": 0,
              "bits": null, "layout": null, "quality": "fast", "calibration": null, "targetBits": 3.5, "targetSize": null, "maxOutputError": null, "allocationCost": "output",
              "allocationPlan": null, "allocation": "obj/m.allocation.json", "runtimeLayouts": ["avx512"], "maxWeightError": 0.5,
              "manifests": {
                "Ns.Model": { "version": 1, "root": true, "layers": [ { "path": "row", "kind": "linear", "method": "shiftadd", "options": { "bits": 4, "layout": "Nested", "fixed": true } } ],
                  "children": [ { "path": "blocks.*", "module": "Ns.Block" }, { "path": "inner", "module": "Ns.Block" }, { "path": "inner", "module": "Ns.Other" } ] },
                "Ns.Block": { "version": 1, "root": false, "layers": [ { "path": "column", "kind": "linear", "method": "shiftadd", "options": { "bits": 3, "groupSize": 16, "scaleTerms": 1, "rounds": 5 } },
                  { "path": "nested", "kind": "embedding" } ], "children": [] },
                "Ns.Other": { "layers": [ { "path": "other", "kind": "conv2d", "method": "shiftadd", "options": { "bits": 2 } } ], "children": [ { "path": "more.*", "module": "Ns.Other" } ] } } }
            """)),
        new("small", Encoding.UTF8.GetBytes("""{ "version": 1, "checkpoint": "m.safetensors", "output": "o.safetensors", "model": "M", "bits": 2, "manifests": { "M": { "layers": [ { "path": "row", "kind": "linear", "method": "shiftadd" } ] } } }""")),
    ];

    public override Container Container { get; } = new WholeFile(isJson: true);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CompressionException), typeof(CheckpointException)];

    public override void Read(string path)
    {
        var plan = BuildPlan.Read(path);
        plan.ReadAllocation();
        ManifestExpander.Expand(checkpoint, plan);
    }

    private static string WriteDense(string folder)
    {
        var path = Path.Combine(folder, "model.safetensors");
        var writer = new SafetensorsWriter();
        foreach (var name in (string[])["row", "blocks.0.column", "blocks.0.nested", "blocks.1.column", "blocks.1.nested", "inner.column", "inner.nested"])
        {
            writer.Add<float>(name + ".weight", [Weights.Rows, Weights.Columns], Weights.Numbers(Weights.Rows * Weights.Columns, 1));
        }

        writer.Write(path);
        return path;
    }
}
