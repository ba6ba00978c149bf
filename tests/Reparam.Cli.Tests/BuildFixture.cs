using System.Text.Json.Nodes;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary>A small model with its manifests and plan in a folder of its own, and the command that builds it.</summary>
public abstract class BuildFixture : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-build-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private protected CommandRun Build(Action<JsonNode>? change = null)
    {
        WritePlan(change);
        return CommandRun.Of(BuildCommand.Create(), In("plan.json"));
    }

    private protected void WritePlan(Action<JsonNode>? change)
    {
        var plan = JsonNode.Parse(
            """
            {
              "version": 1, "checkpoint": "m.safetensors", "output": "obj/m.reparam.safetensors", "report": "obj/m.report.json",
              "model": "Ns.Model", "seed": 0, "threads": 0, "bits": null, "maxWeightError": null,
              "manifests": {
                "Ns.Model": {
                  "version": 1, "root": true,
                  "layers": [
                    { "path": "embed", "kind": "embedding", "method": "shiftadd", "options": { "bits": 4 } },
                    { "path": "head", "kind": "linear" }
                  ],
                  "children": [ { "path": "blocks.*", "module": "Ns.Block" } ]
                },
                "Ns.Block": {
                  "version": 1, "root": false,
                  "layers": [
                    { "path": "query", "kind": "linear", "method": "shiftadd", "options": { "bits": 3, "groupSize": 16 } },
                    { "path": "conv", "kind": "conv1d", "method": "shiftadd", "options": { "bits": 2, "groupSize": 0, "scaleTerms": 1, "rounds": 5 } }
                  ],
                  "children": []
                }
              }
            }
            """)!;
        change?.Invoke(plan);
        File.WriteAllText(In("plan.json"), plan.ToJsonString());
    }

    private protected void WriteModel() => Model().Write(In("m.safetensors"));

    private protected static SafetensorsWriter Model()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("embed.weight", [24, 16], Weights(24 * 16, 1));
        writer.Add<float>("head.weight", [24, 16], Weights(24 * 16, 2));
        writer.Add<float>("blocks.0.query.bias", [16], Weights(16, 3));
        foreach (var block in new[] { 0, 10 })
        {
            writer.Add<float>($"blocks.{block}.query.weight", [16, 32], Weights(512, 4 + block));
            writer.Add<float>($"blocks.{block}.conv.weight", [8, 16, 3], Weights(8 * 16 * 3, 5 + block));
        }

        writer.SetMetadata("reparam.config", "{}");
        return writer;
    }

    private protected static float[] Weights(int number, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, number).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
    }

    private protected string In(string name) => Path.Combine(folder, name);
}
