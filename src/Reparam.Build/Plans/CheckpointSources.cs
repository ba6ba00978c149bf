using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Reparam.Build.Stamps;

namespace Reparam.Build.Plans;

/// <summary>The files that a checkpoint consists of: itself, or an index with its shards.</summary>
internal static class CheckpointSources
{
    /// <summary>Full paths, the checkpoint first. The worker judges the content; here only the names matter, to see whether a file is newer.</summary>
    /// <exception cref="BuildErrorException">
    /// RPB0005: the checkpoint or a shard does not exist or cannot be read. RPB0018: it is a file of another format.
    /// </exception>
    public static IReadOnlyList<string> Find(string checkpoint)
    {
        if (!File.Exists(checkpoint))
        {
            throw new BuildErrorException("RPB0005", Directory.Exists(checkpoint)
                ? $"Checkpoint '{checkpoint}' is a folder: name the safetensors file in it, or the index.json of its shards."
                : $"Checkpoint '{checkpoint}' does not exist.");
        }

        if (FileFacts.IsNoFile(checkpoint))
        {
            throw new BuildErrorException("RPB0005", $"Checkpoint '{checkpoint}' is no file but a device, pipe, socket or folder.");
        }

        if (!checkpoint.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return RequireSafetensors(checkpoint);
        }

        var folder = Path.GetDirectoryName(checkpoint)!;
        var shards = ReadShardNames(checkpoint).Select(name => Path.Combine(folder, name)).ToList();
        var missing = shards.FirstOrDefault(shard => !File.Exists(shard));
        return missing is null
            ? [checkpoint, .. shards]
            : throw new BuildErrorException("RPB0005", $"Checkpoint index '{checkpoint}' names shard '{missing}', which does not exist.");
    }

    private static string[] RequireSafetensors(string checkpoint)
    {
        try
        {
            return ForeignCheckpoint.ProblemOf(checkpoint) is { } problem ? throw problem : [checkpoint];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildErrorException("RPB0005", $"Checkpoint '{checkpoint}' cannot be read: {e.Message}");
        }
    }

    private static IEnumerable<string> ReadShardNames(string index)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(index));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("weight_map", out var map)
                && map.ValueKind == JsonValueKind.Object
                ? [.. map.EnumerateObject().Where(tensor => tensor.Value.ValueKind == JsonValueKind.String).Select(tensor => tensor.Value.GetString()!)
                    .Distinct(StringComparer.Ordinal).OrderBy(name => name, StringComparer.Ordinal)]
                : throw new BuildErrorException("RPB0005", $"Checkpoint index '{index}' has no object \"weight_map\".");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new BuildErrorException("RPB0005", $"Checkpoint index '{index}' cannot be read: {e.Message}");
        }
    }
}
