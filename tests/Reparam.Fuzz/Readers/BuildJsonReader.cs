using System.Text;
using Reparam.Build;
using Reparam.Build.Json;
using Reparam.Build.Manifests;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>The JSON parser of the build's tasks, and a manifest read with it.</summary>
internal sealed class BuildJsonReader : FuzzReader
{
    public override string Name => "buildjson";

    public override string FileName => "manifest.json";

    public override IReadOnlyList<Seed> Seeds { get; } =
    [
        new("manifest", Encoding.UTF8.GetBytes("""{ "version": 1, "root": true, "layers": [ null, true, -1.5e+3, "a\u00e9\n", { "a": [], "b": {} }, 0 ], "children": [ { "path": "blocks.*", "module": "Ns.Block" } ] }""")),
    ];

    public override Container Container { get; } = new WholeFile(isJson: true);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(JsonFormatException), typeof(BuildErrorException)];

    public override void Read(string path)
    {
        var text = File.ReadAllText(path);
        JsonParser.Parse(text);
        ModuleManifest.Parse("Ns.Model", text, path);
    }
}
