using System.Collections.Immutable;

namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>A tensor of an ONNX file: what it says of itself and where its elements are.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Message">Its place in the file.</param>
/// <param name="TypeNumber">Its data_type.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Raw">Its elements as bytes; null when they are elsewhere.</param>
/// <param name="Field">The field with its elements as numbers; 0 for none.</param>
/// <param name="Numbers">How many these are.</param>
/// <param name="External">Keys and values that tell where the elements are in another file; null for none.</param>
/// <param name="Problem">What the message breaks; null for nothing.</param>
internal sealed record OnnxTensor(
    string Name, ProtoMessage Message, long TypeNumber, ImmutableArray<long> Shape, FileRange? Raw, int Field, long Numbers,
    IReadOnlyDictionary<string, string>? External, string? Problem)
{
    private const int MaxRank = 64;

    /// <summary>Reads a tensor without its elements.</summary>
    /// <param name="message">Its place.</param>
    /// <param name="name">Its name; null for the one that it says.</param>
    /// <param name="prefix">What stands in front of the name that it says.</param>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public static OnnxTensor Read(ProtoMessage message, string? name, string prefix)
    {
        var reader = new ProtoReader(message);
        var shape = ImmutableArray.CreateBuilder<long>();
        long type = 0;
        FileRange? raw = null;
        var (field, numbers, isExternal) = (0, 0L, false);
        Dictionary<string, string>? external = null;
        string? problem = null;
        var own = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    ReadShape(reader, shape);
                    break;
                case 2:
                    type = reader.ReadInteger();
                    break;
                case 3:
                    problem ??= "found a segment of a tensor, expected a whole one";
                    reader.Skip();
                    break;
                case OnnxType.FloatData or OnnxType.Int32Data or OnnxType.StringData or OnnxType.Int64Data or OnnxType.DoubleData or OnnxType.UInt64Data:
                    var count = CountNumbers(reader);
                    if (count > 0 && field != 0 && field != reader.Field)
                    {
                        problem ??= $"found elements in the fields {field} and {reader.Field}, expected one of them";
                    }

                    field = count > 0 ? reader.Field : field;
                    numbers += count;
                    break;
                case 8:
                    own = reader.ReadText();
                    break;
                case 9:
                    problem = raw is null ? problem : "found raw data twice";
                    raw = reader.ReadMessage().Range;
                    break;
                case 13:
                    var (key, value) = ReadPair(reader.ReadMessage());
                    if (!(external ??= new(StringComparer.Ordinal)).TryAdd(key, value) || external.Count > 16)
                    {
                        problem ??= $"found the entry '{key}' of the external data twice, or more than 16 entries";
                    }

                    break;
                case 14:
                    isExternal = reader.ReadInteger() == 1;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // An empty tensor may have an empty raw field beside nothing.
        if (isExternal && (external is null || raw is { Length: > 0 } || field != 0))
        {
            problem ??= "found external data without a location, or beside elements in the file";
        }
        else if (raw is { Length: > 0 } && field != 0)
        {
            problem ??= $"found raw data and elements in field {field}, expected one of them";
        }

        return new OnnxTensor(name ?? prefix + own, message, type, shape.DrainToImmutable(), raw, field, numbers, isExternal ? external : null, problem);
    }

    /// <summary>Whether its numbers lie in the file as safetensors has them: packed floats of the type's own size.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public bool HasPlainNumbers()
    {
        var reader = new ProtoReader(Message);
        var plain = Size(Field) > 0;
        while (plain && reader.Next())
        {
            plain = reader.Field != Field || reader.Type == WireType.Bytes;
            reader.Skip();
        }

        return plain;
    }

    /// <summary>The places of packed numbers, in order.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public IEnumerable<FileRange> PackedRanges()
    {
        var reader = new ProtoReader(Message);
        while (reader.Next())
        {
            if (reader.Field == Field)
            {
                yield return reader.ReadMessage().Range;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Gives the numbers of its field in order, as bits.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public IEnumerable<ulong> ReadNumbers()
    {
        var size = Size(Field);
        var reader = new ProtoReader(Message);
        while (reader.Next())
        {
            if (reader.Field != Field)
            {
                reader.Skip();
            }
            else if (reader.Type == WireType.Bytes)
            {
                for (var packed = new ProtoReader(reader.ReadMessage()); !packed.AtEnd;)
                {
                    yield return size == 0 ? packed.ReadVarint() : packed.ReadFixed(size);
                }
            }
            else
            {
                yield return size == 0 ? reader.ReadVarint() : reader.ReadFixed(size);
            }
        }
    }

    /// <summary>A key and a value, as external data and metadata have them.</summary>
    /// <exception cref="FormatException">The bytes are no message of two texts.</exception>
    public static (string Key, string Value) ReadPair(ProtoMessage message)
    {
        var reader = new ProtoReader(message);
        var (key, value) = ("", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    key = reader.ReadText();
                    break;
                case 2:
                    value = reader.ReadText();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return (key, value);
    }

    private static int Size(int field) => field switch
    {
        OnnxType.FloatData => sizeof(float),
        OnnxType.DoubleData => sizeof(double),
        _ => 0,
    };

    private static long CountNumbers(ProtoReader reader)
    {
        if (reader.Field == OnnxType.StringData || reader.Type != WireType.Bytes)
        {
            var expected = Size(reader.Field) switch { 0 => WireType.Varint, sizeof(float) => WireType.Fixed32, _ => WireType.Fixed64 };
            if (reader.Field != OnnxType.StringData && reader.Type != expected)
            {
                throw new FormatException($"found field {reader.Field} of a tensor of wire type {reader.Type}, expected {expected}");
            }

            reader.Skip();
            return 1;
        }

        var range = reader.ReadMessage().Range;
        if (Size(reader.Field) is > 0 and var size)
        {
            return range.Length % size == 0
                ? range.Length / size
                : throw new FormatException($"found {range.Length} bytes of numbers of {size} bytes, expected a multiple");
        }

        long count = 0;
        range.ForEachPart(
            part =>
            {
                foreach (var value in part)
                {
                    count += value < 0x80 ? 1 : 0;
                }
            },
            CancellationToken.None);
        return count;
    }

    private static void ReadShape(ProtoReader reader, ImmutableArray<long>.Builder shape)
    {
        if (reader.Type != WireType.Bytes)
        {
            shape.Add(reader.ReadInteger());
        }
        else
        {
            for (var packed = new ProtoReader(reader.ReadMessage()); !packed.AtEnd && shape.Count <= MaxRank;)
            {
                shape.Add(unchecked((long)packed.ReadVarint()));
            }
        }

        if (shape.Count > MaxRank)
        {
            throw new FormatException($"found a tensor of more than {MaxRank} dimensions");
        }
    }
}
