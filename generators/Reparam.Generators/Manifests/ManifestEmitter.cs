using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>Writes a manifest as an attribute of the assembly.</summary>
internal static class ManifestEmitter
{
    /// <summary>The text of the file.</summary>
    /// <param name="manifest">The manifest.</param>
    public static string Emit(ManifestModel manifest)
    {
        // JSON never has three quotes in a row, so it stands in a raw string as it is.
        const string Quotes = "\"\"\"";
        var writer = new CodeWriter().Header().Line($"[assembly: global::Reparam.ReparamManifest({Literals.Of(manifest.Module)}, {Quotes}");
        using (writer.Indent())
        {
            writer.Line(ToJson(manifest)).Line($"{Quotes})]");
        }

        return writer.ToString();
    }

    // docs/formats/manifest.md; a line for each element.
    private static string ToJson(ManifestModel manifest)
    {
        string[] members =
        [
            $"\"version\": 1, \"root\": {(manifest.IsRoot ? "true" : "false")}{(manifest.IsReached ? ", \"reached\": true" : "")}",
            List("layers", manifest.Layers.Select(OfLayer)),
            .. manifest.Below.Count == 0 ? (string[])[] : [List("below", manifest.Below.Select(OfBelow))],
            .. manifest.Others.Count == 0 ? (string[])[] : [List("others", manifest.Others.Select(OfOther))],
            List("children", manifest.Children.Select(OfChild)),
            List("tensors", manifest.State.Tensors.Select(OfTensor)),
            List("tied", manifest.State.Ties.Select(t => $"[{Json.Of(t.Path)}, {Json.Of(t.Other)}{(t.IsSure ? "" : ", \"perhaps\"")}]")),
            List("open", manifest.State.Open.Select(Json.Of)),
            List("edges", manifest.Edges.Select(OfEdge)),
            .. manifest.Folded is { } folded ? [$"\"folded\": {folded.ToJson()}"] : (string[])[],
        ];
        return $"{{\n  {string.Join(",\n  ", members)}\n}}";
    }

    private static string List(string name, IEnumerable<string> items)
    {
        var lines = string.Join(",\n    ", items);
        return lines.Length == 0 ? $"\"{name}\": []" : $"\"{name}\": [\n    {lines}\n  ]";
    }

    private static string OfLayer(ManifestLayer layer)
    {
        var method = layer.Method is not null ? Method(layer.Method, layer.Options) : layer.Why is { } why ? $", \"why\": {Json.Of(why)}" : "";
        var some = layer.IsSome ? ", \"some\": true" : "";
        return $"{{ \"path\": {Json.Of(layer.Path)}, \"kind\": {Json.Of(layer.Kind)}{some}{method}{Input(layer.Input)} }}";
    }

    private static string OfBelow(ManifestBelow below)
    {
        var kinds = string.Join(", ", below.Kinds.Select(Json.Of));
        var targets = below.Targets is { } pattern ? $", \"targets\": {Json.Of(pattern)}" : "";
        var method = below.Method is null ? "" : Method(below.Method, below.Options);
        return $"{{ \"path\": {Json.Of(below.Path)}{targets}, \"kinds\": [{kinds}]{method}{Input(below.Input)} }}";
    }

    private static string OfOther(ManifestOther other) => $"{{ \"path\": {Json.Of(other.Path)}, \"type\": {Json.Of(other.Type)} }}";

    private static string Method(string method, EquatableArray<ManifestOption> options) =>
        $", \"method\": {Json.Of(method)}, \"options\": {{ {string.Join(", ", options.Select(o => $"{Json.Of(o.Name)}: {o.Value}"))} }}";

    private static string Input(ManifestInputMap? input) => input is null ? "" : $", \"inputMap\": {input.ToJson()}";

    private static string OfChild(ManifestChild child) =>
        $"{{ \"path\": {Json.Of(child.Path)}, \"module\": {Json.Of(child.Module)}{Required(child.IsRequired)} }}";

    private static string OfTensor(ManifestTensor tensor)
    {
        var kind = tensor.IsBuffer ? ", \"buffer\": true" : "";
        var shape = tensor.Shape is { } sizes
            ? $", \"shape\": [{string.Join(", ", sizes.Select(size => size < 0 ? "null" : size.ToString(CultureInfo.InvariantCulture)))}]"
            : "";
        return $"{{ \"path\": {Json.Of(tensor.Path)}{kind}{shape}{Required(tensor.IsRequired)} }}";
    }

    private static string OfEdge(ManifestEdge edge)
    {
        if (edge.Unclear is { } reason)
        {
            return $"{{ \"from\": {Json.Of(edge.From)}, \"unclear\": {Json.Of(reason)}{(edge.IsClosed ? ", \"closed\": true" : "")} }}";
        }

        var step = edge.Step is { } index ? $", \"step\": {Json.Of(index)}" : "";
        var flags = (edge.IsConditional ? ", \"conditional\": true" : "") + (edge.IsSole ? ", \"sole\": true" : "");
        var detail = edge.Detail is { } more ? $", {Json.Of(more.Name)}: {more.Value}" : "";
        var targets = string.Join(", ", edge.To.Select(Json.Of));
        return $"{{ \"from\": {Json.Of(edge.From)}, \"to\": [{targets}], \"kind\": {Json.Of(edge.Kind!)}{step}{flags}{detail} }}";
    }

    private static string Required(bool isRequired) => isRequired ? ", \"required\": true" : "";
}
