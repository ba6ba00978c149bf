using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The JSON object of <c>reparam.layers</c>.</summary>
internal static class PackedLayersJson
{
    public static string Format(IEnumerable<(string Name, PackedLayerSpec Spec)> layers) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        foreach (var (name, spec) in layers)
        {
            json.WritePropertyName(name);
            spec.WriteJson(json);
        }

        json.WriteEndObject();
    });

    /// <summary>Reads one layer.</summary>
    /// <param name="name">Name of the weight.</param>
    /// <param name="layer">Its spec.</param>
    /// <param name="unknown">The name of its format where none is registered under it; then there is no spec.</param>
    /// <exception cref="JsonException">
    /// It is no object, or a member is missing, of another type or not of the format; the message says what was found.
    /// </exception>
    public static PackedLayerSpec? Parse(string name, JsonElement layer, out string? unknown)
    {
        // The format first: another may have members that this library does not know.
        var members = new SpecMembers(layer);
        var layout = members.Text("layout");
        unknown = null;
        if (PackedFormats.Find(layout) is not { } format)
        {
            unknown = layout;
            return null;
        }

        var weight = new CodedWeight(name, members.Text("method"), [.. members.Int64s("shape")], TypeOf(members.Text("dtype")));
        var spec = format.ReadSpec(weight, members);
        members.RequireNoOther();
        return spec;
    }

    private static DType TypeOf(string name) =>
        DTypeExtensions.TryParse(name, out var dtype) ? dtype : throw new JsonException($"unknown dtype '{Printable.Of(name)}'");
}
