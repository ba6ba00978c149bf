using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Reparam.Checkpoints.Import.Llama2c;

/// <summary>The seven integers in front of a legacy llama2.c checkpoint.</summary>
/// <param name="Dim">Width of the residual stream.</param>
/// <param name="HiddenDim">Width inside the feed-forward network.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Number of query heads.</param>
/// <param name="KeyValueHeads">Number of key and value heads.</param>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="MaxSequenceLength">Longest sequence.</param>
/// <param name="SharedClassifier">Whether the classifier is the token embedding; the file says it by the sign of the vocabulary size.</param>
internal sealed record Llama2cHeader(
    int Dim, int HiddenDim, int Layers, int Heads, int KeyValueHeads, int VocabularySize, int MaxSequenceLength, bool SharedClassifier)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 7 * sizeof(int);

    // "ak42": the versioned formats of the same project start with it.
    private const int VersionedMagic = 0x616B3432;

    // Each layer makes nine tensors: a small file of tiny layers would make millions.
    private const int MaxLayers = 1 << 14;

    public int HeadDim => Dim / Heads;

    public int KeyValueDim => HeadDim * KeyValueHeads;

    /// <summary>Whether the bytes can be a legacy header or name a newer version, so that parsing says what is wrong with it.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadInt32LittleEndian(bytes) == VersionedMagic || Problem(Read(bytes)) is null;

    /// <exception cref="CheckpointException">A versioned format, or sizes that no model can have.</exception>
    public static Llama2cHeader Parse(string path, ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes) == VersionedMagic)
        {
            var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
            throw new CheckpointException(
                path, null, CheckpointRule.Import,
                $"found llama2.c format version {version}, expected the legacy format without a version (export with --version 0)");
        }

        var header = Read(bytes);
        return Problem(header) is { } problem
            ? throw new CheckpointException(path, null, CheckpointRule.Import, $"found a llama2.c header with {problem}")
            : header;
    }

    /// <summary>The sizes as a model's constructor takes them: <c>reparam.config</c>.</summary>
    public string ToConfigJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("dim", Dim);
            json.WriteNumber("hidden_dim", HiddenDim);
            json.WriteNumber("layers", Layers);
            json.WriteNumber("heads", Heads);
            json.WriteNumber("key_value_heads", KeyValueHeads);
            json.WriteNumber("vocabulary_size", VocabularySize);
            json.WriteNumber("max_sequence_length", MaxSequenceLength);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Llama2cHeader Read(ReadOnlySpan<byte> bytes)
    {
        Span<int> values = stackalloc int[7];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }

        // int.MinValue has no absolute value and stays negative, which Problem refuses.
        var vocabulary = values[5] < 0 ? unchecked(-values[5]) : values[5];
        return new Llama2cHeader(values[0], values[1], values[2], values[3], values[4], vocabulary, values[6], values[5] > 0);
    }

    private static string? Problem(Llama2cHeader header)
    {
        foreach (var (name, value) in ((string, int)[])
            [
                ("dim", header.Dim), ("hidden_dim", header.HiddenDim), ("n_layers", header.Layers), ("n_heads", header.Heads),
                ("n_kv_heads", header.KeyValueHeads), ("vocab_size", header.VocabularySize), ("seq_len", header.MaxSequenceLength),
            ])
        {
            if (value is < 1 or > 1 << 24)
            {
                return $"{name} {value}, expected 1 to {1 << 24}";
            }
        }

        if (header.Layers > MaxLayers)
        {
            return $"n_layers {header.Layers}, expected at most {MaxLayers}";
        }

        if (header.Dim % header.Heads != 0 || header.HeadDim % 2 != 0)
        {
            return $"dim {header.Dim} and n_heads {header.Heads}, expected heads of an equal and even width";
        }

        return header.Heads % header.KeyValueHeads != 0 ? $"n_heads {header.Heads} and n_kv_heads {header.KeyValueHeads}, expected a multiple" : null;
    }
}
