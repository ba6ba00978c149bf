using System.Reflection;
using System.Reflection.Emit;
using Reparam.Build;
using Reparam.Build.Manifests;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>The manifests of a compiled assembly, as the build reads them.</summary>
internal sealed class AssemblyReader(string folder) : FuzzReader
{
    private const string Root = """{ "version": 1, "root": true, "layers": [], "children": [ { "path": "blocks.*", "module": "Ns.Block" } ] }""";
    private const string Block = """{ "version": 1, "root": false, "layers": [ { "path": "query", "kind": "linear", "method": "shiftadd", "options": { "bits": 3 } } ], "children": [] }""";

    public override string Name => "assembly";

    public override string FileName => "Model.dll";

    public override IReadOnlyList<Seed> Seeds { get; } = [new("two", Assembly(folder, ("Ns.Model", Root), ("Ns.Block", Block)))];

    public override Container Container { get; } = new WholeFile(isJson: false);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(BuildErrorException)];

    public override void Read(string path)
    {
        var graph = new ManifestGraph();
        graph.Add(ManifestReader.Read(path));
        graph.Reach(graph.SelectModel(""));
    }

    private static byte[] Assembly(string folder, params (string Module, string Json)[] manifests)
    {
        var constructor = typeof(ReparamManifestAttribute).GetConstructors().Single();
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Model"), typeof(object).Assembly);
        assembly.DefineDynamicModule("main");
        assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(AssemblyTitleAttribute).GetConstructors().Single(), ["not a manifest"]));
        foreach (var (module, json) in manifests)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [module, json]));
        }

        var path = Path.Combine(folder, "seed.dll");
        assembly.Save(path);
        return File.ReadAllBytes(path);
    }
}
