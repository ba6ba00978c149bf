using System.Reflection;
using System.Reflection.Emit;

namespace Reparam.Build.Tests.Harness;

/// <summary>Writes assemblies that have manifests as the generator's output would.</summary>
internal static class ManifestAssembly
{
    private static readonly ConstructorInfo Constructor = typeof(ReparamManifestAttribute).GetConstructors().Single();

    public static string Write(string file, params (string Module, string Json)[] manifests)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(Path.GetFileNameWithoutExtension(file)), typeof(object).Assembly);
        assembly.DefineDynamicModule("main");
        assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(AssemblyTitleAttribute).GetConstructors().Single(), ["not a manifest"]));
        foreach (var (module, json) in manifests)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(Constructor, [module, json]));
        }

        assembly.Save(file);
        return file;
    }

    public static string Json(bool root = false, params (string Path, string Module)[] children) =>
        $$"""{ "version": 1, "root": {{(root ? "true" : "false")}}, "layers": [], "children": [ {{string.Join(", ", children.Select(child => $$"""{ "path": "{{child.Path}}", "module": "{{child.Module}}" }"""))}} ] }""";
}
