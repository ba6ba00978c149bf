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
    /// <exception cref="JsonException">It is no object, or says what this version does not know; the message says what was found.</exception>
    public static PackedLayerSpec Parse(JsonElement layer)
    {
        if (layer.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"found {layer.ValueKind}, expected an object");
        }

        // Method and layout first: others may have members that this version does not know.
        Require(layer, "method", PackedFormat.Methods);
        var name = Require(layer, "layout", PackedFormat.Layouts.Select(layout => layout.FormatName()));
        var type = PackedLayerSpec.TypeOf(PackedFormat.Layouts.First(layout => layout.FormatName() == name))!;
        return (PackedLayerSpec)layer.Deserialize(type, PackedJson.Default)!;
    }

    private static string Require(JsonElement layer, string member, IEnumerable<string> known)
    {
        if (!layer.TryGetProperty(member, out var value))
        {
            throw new JsonException($"found no member '{member}'");
        }

        var found = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return known.Contains(found) && value.ValueKind == JsonValueKind.String
            ? found
            : throw new JsonException($"found {member} '{found}', expected one that this version knows: {string.Join(", ", known)}");
    }
}
