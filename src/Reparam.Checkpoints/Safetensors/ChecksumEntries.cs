using System.Globalization;
using System.Text.Json;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>The checksums that a header gives.</summary>
internal static class ChecksumEntries
{
    /// <summary>Checks the header against its own checksum and gives those of the tensors.</summary>
    /// <param name="file">Path for messages.</param>
    /// <param name="metadata">The header's metadata.</param>
    /// <param name="tensors">The header's tensors.</param>
    /// <param name="bytes">Length prefix, header and padding.</param>
    /// <param name="place">Index in <paramref name="bytes"/> of the digits of the header's checksum; −1 when they are written with escapes.</param>
    /// <returns>Checksum of each tensor; null when the file has none.</returns>
    /// <exception cref="CheckpointException">
    /// One entry is without the other, an entry is malformed, tensors lack a checksum, or the header has another one.
    /// </exception>
    public static Dictionary<string, UInt128>? Read(
        string file, IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, StoredTensor> tensors, ReadOnlySpan<byte> bytes, int place)
    {
        var hasTensors = metadata.TryGetValue(ContentChecksum.TensorsKey, out var json);
        if (!metadata.TryGetValue(ContentChecksum.HeaderKey, out var digits))
        {
            return hasTensors ? throw Without(file, ContentChecksum.TensorsKey, ContentChecksum.HeaderKey) : null;
        }

        if (!hasTensors)
        {
            throw Without(file, ContentChecksum.HeaderKey, ContentChecksum.TensorsKey);
        }

        if (place < 0 || !ContentChecksum.IsWellFormed(digits))
        {
            throw Broken(file, $"'{ContentChecksum.HeaderKey}' is no {ContentChecksum.Digits} lower-case hexadecimal digits");
        }

        var found = ContentChecksum.Format(ContentChecksum.OfHeader(bytes, place));
        if (found != digits)
        {
            throw Broken(file, $"found a header with the checksum {found}, expected {digits} as it says: the file is damaged");
        }

        return Parse(file, json!, tensors);
    }

    private static Dictionary<string, UInt128> Parse(string file, string json, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        var sums = new Dictionary<string, UInt128>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                var digits = entry.Value.GetString() ?? "";
                if (!tensors.ContainsKey(entry.Name) || !ContentChecksum.IsWellFormed(digits))
                {
                    throw Broken(
                        file, $"'{ContentChecksum.TensorsKey}': found '{entry.Name}', expected tensors of the file, each with {ContentChecksum.Digits} "
                            + "lower-case hexadecimal digits");
                }

                sums.Add(entry.Name, UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Broken(file, $"'{ContentChecksum.TensorsKey}' is not a JSON object of checksums: {exception.Message}", exception);
        }

        return tensors.Keys.FirstOrDefault(name => !sums.ContainsKey(name)) is { } missing
            ? throw new CheckpointException(
                file, missing, CheckpointRule.Checksum, $"found no checksum of the tensor in '{ContentChecksum.TensorsKey}', expected one of every tensor")
            : sums;
    }

    private static CheckpointException Without(string file, string found, string missing) =>
        Broken(file, $"found the metadata entry '{found}' without '{missing}', expected both or none: the file is damaged");

    private static CheckpointException Broken(string file, string detail, Exception? cause = null) => new(file, null, CheckpointRule.Checksum, detail, cause);
}
