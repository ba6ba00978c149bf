using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>The metadata of a result.</summary>
internal static class Provenance
{
    /// <summary>Entry that says what the file was made from.</summary>
    public const string Key = "reparam.merge";

    private const string ConfigKey = "reparam.config";
    private const string OwnPrefix = "reparam.";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The entry: operation, options, checkpoints with their hashes, what the operation found out, and the version of the tool.</summary>
    public static string Entry(CheckpointOperation operation, object?[] values, SourceSet sources, JsonObject facts)
    {
        var options = new JsonObject();
        for (var i = 0; i < values.Length; i++)
        {
            options[operation.Options[i].Key] = OperationOption.ToJson(values[i]);
        }

        var entry = new JsonObject { ["version"] = 1, ["method"] = operation.Name, ["options"] = options };
        if (sources.Base is { } source)
        {
            entry["base"] = Describe(source);
        }

        entry["inputs"] = new JsonArray([.. sources.Inputs.Select(Describe)]);
        if (facts.Count > 0)
        {
            entry["found"] = facts.DeepClone();
        }

        entry["tool"] = typeof(Provenance).Assembly.GetName().Version!.ToString(3);
        return entry.ToJsonString(Compact);
    }

    /// <summary>
    /// Entries that the result takes over: those that all checkpoints have alike. The tool's own entries are about one file and are not taken over, but
    /// for <c>reparam.config</c>, which may be
    /// missing in some.
    /// </summary>
    /// <param name="sources">All checkpoints.</param>
    /// <param name="warnings">Receives RPB0175 where the configurations differ.</param>
    public static ImmutableSortedDictionary<string, string> Common(SourceSet sources, ICollection<OperationProblem> warnings)
    {
        var common = sources.Reference.Checkpoint.Metadata
            .Where(entry => !entry.Key.StartsWith(OwnPrefix, StringComparison.Ordinal)
                && sources.All.All(source => source.Checkpoint.Metadata.GetValueOrDefault(entry.Key) == entry.Value))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        var configs = sources.All.Where(source => source.Checkpoint.Metadata.ContainsKey(ConfigKey)).ToList();
        if (configs.Count == 0)
        {
            return common;
        }

        var config = configs[0].Checkpoint.Metadata[ConfigKey];
        if (configs.Find(source => source.Checkpoint.Metadata[ConfigKey] != config) is not { } other)
        {
            return common.Add(ConfigKey, config);
        }

        warnings.Add(new OperationProblem(
            other.Path, OperationCodes.ConfigDiffers,
                $"the metadata entry {ConfigKey} is another than in {configs[0].FileName}; the result has none, so load it with the constructor's arguments"));
        return common;
    }

    private static JsonNode Describe(Source source) => new JsonObject { ["file"] = source.FileName, ["sha256"] = source.Hash };
}
