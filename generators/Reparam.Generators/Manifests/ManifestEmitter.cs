using System.Linq;
using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>Writes a manifest as an attribute of the assembly.</summary>
internal static class ManifestEmitter
{
    /// <summary>The text of the file.</summary>
    /// <param name="manifest">The manifest.</param>
    public static string Emit(ManifestModel manifest) => new CodeWriter().Header()
        .Line($"[assembly: global::Reparam.ReparamManifest({Literals.Of(manifest.Module)}, {Literals.Of(ToJson(manifest))})]")
        .ToString();

    /// <summary>The manifest's JSON text; docs/formats/manifest.md.</summary>
    /// <param name="manifest">The manifest.</param>
    public static string ToJson(ManifestModel manifest)
    {
        var layers = string.Join(", ", manifest.Layers.Select(OfLayer));
        var children = string.Join(", ", manifest.Children.Select(c => $"{{ \"path\": {Json.Of(c.Path)}, \"module\": {Json.Of(c.Module)} }}"));
        return $"{{ \"version\": 1, \"root\": {(manifest.IsRoot ? "true" : "false")}, \"layers\": [{layers}], \"children\": [{children}] }}";
    }

    private static string OfLayer(ManifestLayer layer)
    {
        var method = "";
        if (layer.Method is not null)
        {
            var options = string.Join(", ", layer.Options.Select(o => $"{Json.Of(o.Name)}: {o.Value}"));
            method = $", \"method\": {Json.Of(layer.Method)}, \"options\": {{ {options} }}";
        }

        return $"{{ \"path\": {Json.Of(layer.Path)}, \"kind\": {Json.Of(layer.Kind)}{method} }}";
    }
}
