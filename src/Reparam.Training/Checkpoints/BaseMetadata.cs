using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Training;

/// <summary>
/// The metadata entry <c>reparam.base</c>: by which hashes the weight under each side path is known, a JSON object
/// <c>{ "&lt;layer path&gt;": ["&lt;32 hexadecimal digits&gt;", …] }</c>. Files of earlier versions have none.
/// </summary>
internal static class BaseMetadata
{
    private const string Key = "reparam.base";

    /// <summary>Writes the hashes of the layers that have a side path and a base that is known.</summary>
    public static void Write(SafetensorsWriter writer, IEnumerable<(string Path, ReparamLayer Layer)> layers)
    {
        var json = new JsonObject();
        foreach (var (path, layer) in layers.Where(l => l.Layer.SidePath is not null))
        {
            if (layer.BaseHashes is { Count: > 0 } hashes)
            {
                json[path] = new JsonArray([.. hashes.Select(h => (JsonNode?)JsonValue.Create(h))]);
            }
        }

        if (json.Count > 0)
        {
            writer.SetMetadata(Key, json.ToJsonString());
        }
    }

    /// <summary>The hashes by layer; empty if the file has none.</summary>
    /// <exception cref="CheckpointMismatchException">The entry is no such object.</exception>
    public static IReadOnlyDictionary<string, string[]> Read(ICheckpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGetValue(Key, out var text))
        {
            return new Dictionary<string, string[]>();
        }

        try
        {
            var entries = JsonSerializer.Deserialize<Dictionary<string, string[]?>>(text) ?? throw new JsonException("found null");
            return entries.ToDictionary(
                e => e.Key, e => e.Value is { } hashes && !hashes.Contains(null) ? hashes : throw new JsonException($"\"{e.Key}\" holds null"),
                StringComparer.Ordinal);
        }
        catch (JsonException e)
        {
            throw new CheckpointMismatchException(
                checkpoint.Path, [], [], [], $"Its metadata entry {Key} cannot be read: found {e.Message}, expected an object of layer paths with "
                    + "arrays of hashes.");
        }
    }
}
