using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints;

/// <summary>
/// The metadata entry that tells which batch norms are folded into the layers before them: <c>{ "bn1": "conv1" }</c>. Such a checkpoint has no tensors of
/// <c>bn1</c>, its <c>conv1.weight</c> and <c>conv1.bias</c> do the work of both, and the run time leaves <c>bn1</c> out.
/// </summary>
public static class FoldedBatchNorms
{
    /// <summary>Name of the metadata entry.</summary>
    public const string Key = "reparam.folded";

    /// <summary>Reads the entry of a checkpoint.</summary>
    /// <returns>The layer of each folded batch norm, by path; empty when there is no entry.</returns>
    /// <exception cref="CheckpointException">The entry is no JSON object of texts.</exception>
    public static ImmutableSortedDictionary<string, string> Read(ICheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var folded = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (!checkpoint.Metadata.TryGetValue(Key, out var json))
        {
            return folded.ToImmutable();
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                folded.Add(entry.Name, entry.Value.GetString() ?? throw new InvalidOperationException($"'{entry.Name}' has no layer"));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Metadata,
                $"found '{Printable.Of(json)}' as {Key}, expected a JSON object from batch norms to layers: {exception.Message}", exception);
        }

        return folded.ToImmutable();
    }

    /// <summary>The entry's text: the same for the same batch norms.</summary>
    /// <param name="folded">The layer of each folded batch norm, by path.</param>
    public static string Format(IEnumerable<KeyValuePair<string, string>> folded)
    {
        ArgumentNullException.ThrowIfNull(folded);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (batchNorm, layer) in folded.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                writer.WriteString(batchNorm, layer);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
