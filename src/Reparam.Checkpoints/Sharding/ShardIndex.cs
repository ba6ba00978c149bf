using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Sharding;

/// <summary>The parsed index of a sharded checkpoint: which shard holds which tensor.</summary>
internal static class ShardIndex
{
    private const string WeightMap = "weight_map";

    /// <summary>Reads the pairs of tensor name and shard file name of an index.</summary>
    /// <exception cref="CheckpointException">The index cannot be read or is not an index, or a shard's path leaves its folder.</exception>
    public static ImmutableDictionary<string, string> Read(string path) => Parse(path, InputFile.ReadAll(path));

    /// <summary>The same of an index that has been read.</summary>
    /// <param name="path">Path for messages.</param>
    /// <param name="bytes">The file's bytes.</param>
    /// <exception cref="CheckpointException">The bytes are no index, or a shard's path leaves its folder.</exception>
    public static ImmutableDictionary<string, string> Parse(string path, byte[] bytes)
    {
        try
        {
            return ParseJson(path, InputFile.WithoutMark(bytes));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(path, null, CheckpointRule.ShardIndex, $"the index is not valid JSON: {exception.Message}", exception);
        }
    }

    private static ImmutableDictionary<string, string> ParseJson(string path, byte[] json)
    {
        ImmutableDictionary<string, string>? map = null;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new CheckpointException(path, null, CheckpointRule.ShardIndex, $"found {reader.TokenType}, expected an object with '{WeightMap}'");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMap = reader.ValueTextEquals(WeightMap);
            reader.Read();
            if (!isMap)
            {
                reader.Skip();
                continue;
            }

            if (map is not null)
            {
                throw new CheckpointException(path, null, CheckpointRule.UniqueName, $"found '{WeightMap}' twice");
            }

            map = ParseMap(path, ref reader);
        }

        reader.Read();
        return map ?? throw new CheckpointException(path, null, CheckpointRule.ShardIndex, $"found no '{WeightMap}'");
    }

    private static ImmutableDictionary<string, string> ParseMap(string path, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new CheckpointException(path, null, CheckpointRule.ShardIndex, $"found {reader.TokenType} as '{WeightMap}', expected an object");
        }

        var map = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new CheckpointException(path, name, CheckpointRule.ShardIndex, $"found {reader.TokenType}, expected the file name of a shard");
            }

            var shard = reader.GetString()!;
            RequireInside(path, name, shard);
            if (!map.TryAdd(name, shard))
            {
                throw new CheckpointException(path, name, CheckpointRule.UniqueName, $"found the name twice in '{WeightMap}'");
            }
        }

        return map.ToImmutable();
    }

    /// <summary>A shard is a file beside or below its index; an index from elsewhere must not make us read other files.</summary>
    private static void RequireInside(string path, string tensor, string shard)
    {
        var parts = shard.Split('/', '\\');
        if (shard.Contains(':') || shard.Contains('\0') || parts.Any(part => part is "" or "." or ".."))
        {
            throw new CheckpointException(path, tensor, CheckpointRule.ShardPath, $"found shard '{shard}', expected a file in the folder of the index");
        }
    }
}
