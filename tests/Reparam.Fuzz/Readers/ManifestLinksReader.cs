using System.Text;
using Reparam.Build;
using Reparam.Build.Manifests;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>A manifest as the build's tasks read it.</summary>
internal sealed class ManifestLinksReader : FuzzReader
{
    public override string Name => "manifest";

    public override string FileName => "manifest.json";

    public override IReadOnlyList<Seed> Seeds { get; } =
    [
        new("manifest", Encoding.UTF8.GetBytes("""
            { "version": 1, "root": true, "layers": [ null, true, -1.5e+3, "a\u00e9\n", { "a": [], "b": {} }, 0 ],
              "children": [ { "path": "blocks.*", "module": "Ns.Block" } ], "folded": { "module": "Ns.Folded" } }
            """)),
    ];

    public override Container Container { get; } = new WholeFile(isJson: true);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(BuildErrorException)];

    public override void Read(string path) => ManifestLinks.Parse("Ns.Model", File.ReadAllText(path), path);
}
