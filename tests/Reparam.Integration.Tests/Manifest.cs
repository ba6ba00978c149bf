namespace Reparam.Integration.Tests;

/// <summary>Arguments of hand-written [assembly: ReparamManifest(...)] attributes, as the generator would write them.</summary>
internal static class Manifest
{
    public static string Root(string module, int bits = 3, params (string Path, string Module)[] children) => Write(module, "true", bits, children);

    public static string Child(string module, int bits = 3) => Write(module, "false", bits, []);

    private static string Write(string module, string root, int bits, (string Path, string Module)[] children)
    {
        var edges = string.Join(", ", children.Select(child => $$"""{ "path": "{{child.Path}}", "module": "{{child.Module}}" }"""));
        var json = $$"""{ "version": 1, "root": {{root}}, "layers": [ { "path": "head", "kind": "linear", "method": "shiftadd", "options": { "bits": {{bits}} } } ], "children": [ {{edges}} ] }""";
        return $"\"{module}\", \"\"\"{json}\"\"\"";
    }
}
