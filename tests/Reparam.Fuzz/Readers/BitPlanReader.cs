using System.Text;
using System.Text.Json;
using Reparam.Cli.Commands;
using Reparam.Compression.Allocation;
using Reparam.Compression.Diagnostics;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>A saved bit plan: applied, printed and written again.</summary>
internal sealed class BitPlanReader : FuzzReader
{
    public override string Name => "bitplan";

    public override string FileName => "m.allocation.json";

    public override IReadOnlyList<Seed> Seeds { get; } =
    [
        new("older", Encoding.UTF8.GetBytes(
            $$"""
            { "version": 1, "budget": { "targetBits": 3.5 }, "cost": "output", "uniform": false, "bytes": 4000, "bitsPerWeight": 3.4, "layers": [
              {{string.Join(",", Weights.Layouts.Select(layout => $$"""{ "tensor": "{{Weights.NameOf(layout)}}", "layout": "{{Weights.TextOf(layout)}}", "bits": 3, "groupSize": 16, "fixed": false, "bytes": 800, "cost": 0.0125 }"""))}} ] }
            """)),
        new("plan", Encoding.UTF8.GetBytes(
            $$"""
            { "version": 2, "budget": { "targetBits": 3.5 }, "cost": "output", "uniform": false, "bytes": 4000, "bitsPerWeight": 3.4, "layers": [
              {{string.Join(",", Weights.Plan(3, 0).Select(layer => $$"""
                { "tensor": "{{layer.Tensor}}", "method": "{{layer.Method}}", "options": {{layer.Options.Json}}, "fixed": false, "bytes": 800, "cost": 0.0125 }
              """))}} ] }
            """)),
    ];

    public override Container Container { get; } = new WholeFile(isJson: true);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(CompressionException)];

    public override void Read(string path)
    {
        var plan = BitPlan.Read(path);
        BitPlans.Write(TextWriter.Null, plan, Weights.Plan(2, 0));
        using var json = new Utf8JsonWriter(Stream.Null);
        plan.Write(json);
        plan.Apply(Weights.Plan(2, 0), path);
    }
}
