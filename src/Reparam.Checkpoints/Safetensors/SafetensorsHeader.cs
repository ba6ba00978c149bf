using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>The parsed and checked header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Longest header that is accepted, as in the reference implementation.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>Bytes of the length in front of the header.</summary>
    public const int PrefixLength = 8;

    private const string MetadataKey = "__metadata__";

    private readonly string file;
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredTensor> byName = new(StringComparer.Ordinal);
    private bool hasMetadata;
    private int checksumPlace = -1;

    private SafetensorsHeader(string file)
    {
        this.file = file;
    }

    /// <summary>The entries of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> ByName => byName;

    /// <summary>The checksums of the tensors, when the header has them and its own is right; else null.</summary>
    public IReadOnlyDictionary<string, UInt128>? Checksums { get; private set; }

    /// <summary>The tensors in the order of their data.</summary>
    public ImmutableArray<StoredTensor> InDataOrder { get; private set; } = [];

    /// <summary>Reads the length in front of the header and checks that the header lies within the file.</summary>
    /// <param name="file">Path for messages.</param>
    /// <param name="prefix">The first bytes of the file: 8, or fewer when the file is shorter.</param>
    /// <param name="fileLength">Length of the file.</param>
    public static int ReadLength(string file, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (fileLength < PrefixLength)
        {
            throw new CheckpointException(
                file, null, CheckpointRule.HeaderLength, $"found a file of {fileLength} bytes, expected at least the {PrefixLength} of the header's length");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
        {
            throw new CheckpointException(file, null, CheckpointRule.HeaderLength, $"found a header of {length} bytes, expected at most {MaxLength}");
        }

        if ((long)length > fileLength - PrefixLength)
        {
            throw new CheckpointException(
                file, null, CheckpointRule.HeaderLength, $"found a header of {length} bytes, expected at most the {fileLength - PrefixLength} that follow");
        }

        return (int)length;
    }

    /// <summary>Parses a header and checks it against the length of the data that follows it, and against its checksum where it has one.</summary>
    /// <param name="file">Path for messages.</param>
    /// <param name="bytes">The length in front of the header, the header and its padding.</param>
    /// <param name="dataLength">Bytes that follow.</param>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> bytes, long dataLength)
    {
        var header = new SafetensorsHeader(file);
        header.Read(bytes[PrefixLength..]);
        header.Checksums = ChecksumEntries.Read(file, header.metadata, header.byName, bytes, header.checksumPlace);
        header.CheckLayout(dataLength);
        return header;
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Broken(CheckpointRule.HeaderStart, json.IsEmpty ? "found an empty header, expected '{'" : $"found byte 0x{json[0]:X2}, expected '{{'");
        }

        if (!Utf8.IsValid(json))
        {
            throw Broken(CheckpointRule.HeaderUtf8, "found bytes that are not UTF-8");
        }

        // The only padding is spaces at the end; a JSON reader would take line breaks as well.
        var padded = json.TrimEnd((byte)' ');
        if (padded[^1] != (byte)'}')
        {
            throw Broken(CheckpointRule.HeaderJson, $"found byte 0x{padded[^1]:X2} at the end of the header, expected '}}' and spaces");
        }

        try
        {
            var reader = new Utf8JsonReader(padded);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (name == MetadataKey)
                {
                    ReadMetadata(ref reader);
                }
                else
                {
                    ReadTensor(ref reader, name);
                }
            }

            // Reading on makes the reader refuse anything behind the object.
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with an escaped half of a surrogate pair.
            throw Broken(CheckpointRule.HeaderJson, $"the header is not valid JSON: {exception.Message}", null, exception);
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (hasMetadata)
        {
            throw Broken(CheckpointRule.UniqueName, $"found '{MetadataKey}' twice");
        }

        hasMetadata = true;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Broken(CheckpointRule.Metadata, $"found {Describe(reader.TokenType)} as '{MetadataKey}', expected an object of strings");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Broken(CheckpointRule.Metadata, $"found {Describe(reader.TokenType)} as metadata entry '{key}', expected a string");
            }

            if (key == ContentChecksum.HeaderKey && !reader.ValueIsEscaped)
            {
                checksumPlace = PrefixLength + (int)reader.TokenStartIndex + 1;
            }

            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw Broken(CheckpointRule.UniqueName, $"found metadata entry '{key}' twice");
            }
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        if (byName.ContainsKey(name))
        {
            throw Broken(CheckpointRule.UniqueName, "found the name twice", name);
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Broken(CheckpointRule.TensorEntry, $"found {Describe(reader.TokenType)}, expected an object with dtype, shape and data_offsets", name);
        }

        DType? dtype = null;
        ImmutableArray<long>? shape = null;
        (long Begin, long End)? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "dtype" when dtype is null:
                    dtype = ReadDType(ref reader, name);
                    break;
                case "shape" when shape is null:
                    shape = ReadIntegers(ref reader, name, CheckpointRule.Shape, "shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadOffsets(ref reader, name);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Broken(CheckpointRule.TensorEntry, $"found field '{field}' twice", name);
                default:
                    throw Broken(CheckpointRule.TensorEntry, $"found field '{field}', expected only dtype, shape and data_offsets", name);
            }
        }

        if (dtype is null || shape is null || offsets is null)
        {
            var missing = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Broken(CheckpointRule.TensorEntry, $"found no field '{missing}'", name);
        }

        if (Sizing.Problem(dtype.Value, shape.Value.AsSpan(), out _, out var bytes) is { } problem)
        {
            throw Broken(CheckpointRule.Size, problem, name);
        }

        var info = new TensorInfo(name, dtype.Value, shape.Value);
        var (begin, end) = offsets.Value;
        if (end - begin != bytes)
        {
            throw Broken(CheckpointRule.ByteLength, $"found {end - begin} bytes from {begin} to {end}, expected {bytes} for {info.Describe()}", name);
        }

        byName.Add(name, new StoredTensor(info, begin, end));
    }

    private DType ReadDType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Broken(CheckpointRule.KnownDType, $"found {Describe(reader.TokenType)} as dtype, expected a string such as F32", name);
        }

        var text = reader.GetString()!;
        return DTypeExtensions.TryParse(text, out var dtype)
            ? dtype
            : throw Broken(CheckpointRule.KnownDType, $"found dtype '{text}', expected one of {DTypeExtensions.AllNames}", name);
    }

    private (long Begin, long End) ReadOffsets(ref Utf8JsonReader reader, string name)
    {
        var values = ReadIntegers(ref reader, name, CheckpointRule.Offsets, "data_offsets");
        if (values.Length != 2 || values[0] > values[1])
        {
            throw Broken(CheckpointRule.Offsets, $"found data_offsets [{string.Join(", ", values.Take(8))}], expected begin and end in this order", name);
        }

        return (values[0], values[1]);
    }

    private ImmutableArray<long> ReadIntegers(ref Utf8JsonReader reader, string name, CheckpointRule rule, string field)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Broken(rule, $"found {Describe(reader.TokenType)} as {field}, expected a list of integers", name);
        }

        var values = ImmutableArray.CreateBuilder<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number)
            {
                throw Broken(rule, $"found {Describe(reader.TokenType)} in {field}, expected integers from 0 to 2^63 - 1", name);
            }

            // "-0" parses as 0 and is not an unsigned integer.
            if (reader.ValueSpan[0] == (byte)'-' || !reader.TryGetInt64(out var value))
            {
                var text = System.Text.Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)]);
                throw Broken(rule, $"found {text} in {field}, expected integers from 0 to 2^63 - 1", name);
            }

            values.Add(value);
        }

        return values.DrainToImmutable();
    }

    private void CheckLayout(long dataLength)
    {
        var sorted = byName.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End).ToImmutableArray();
        long covered = 0;
        StoredTensor? previous = null;
        foreach (var tensor in sorted)
        {
            if (tensor.Begin < covered)
            {
                throw Broken(
                    CheckpointRule.NoOverlap,
                    $"found data from byte {tensor.Begin}, expected from {covered}, the end of '{previous!.Info.Name}'", tensor.Info.Name);
            }

            if (tensor.Begin > covered)
            {
                var place = previous is null ? "the start of the data" : $"the end of '{previous.Info.Name}'";
                throw Broken(CheckpointRule.NoHole, $"found data from byte {tensor.Begin}, expected from {covered}, {place}", tensor.Info.Name);
            }

            if (tensor.End > dataLength)
            {
                throw Broken(
                    CheckpointRule.Coverage,
                    $"found {dataLength} bytes of data in the file, expected at least the {tensor.End} that the tensor needs", tensor.Info.Name);
            }

            covered = tensor.End;
            previous = tensor;
        }

        if (covered != dataLength)
        {
            throw Broken(CheckpointRule.Coverage, $"found {dataLength} bytes of data, expected the {covered} that the tensors cover");
        }

        InDataOrder = sorted;
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private CheckpointException Broken(CheckpointRule rule, string detail, string? tensor = null, Exception? cause = null) =>
        new(file, tensor, rule, detail, cause);
}
