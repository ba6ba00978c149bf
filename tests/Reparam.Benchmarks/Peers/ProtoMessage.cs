using System.Buffers.Binary;
using System.Text;

namespace Reparam.Benchmarks.Peers;

/// <summary>A Protocol Buffers message in memory: its fields in their order, each with the bytes that it had.</summary>
internal sealed class ProtoMessage
{
    private const int VarIntType = 0;
    private const int EightBytes = 1;
    private const int BytesType = 2;
    private const int FourBytes = 5;

    private readonly List<(int Number, int Type, ReadOnlyMemory<byte> Value)> fields = [];

    /// <summary>An empty message.</summary>
    public ProtoMessage()
    {
    }

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">All of it.</param>
    /// <exception cref="FormatException">The bytes are no fields.</exception>
    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = ReadVarInt(ref bytes);
            var type = (int)(tag & 7);
            var whole = bytes;
            var length = type switch
            {
                VarIntType => LengthOfVarInt(bytes),
                EightBytes => 8,
                FourBytes => 4,
                BytesType => checked((int)ReadVarInt(ref bytes)),
                _ => throw new FormatException($"found a field of wire type {type}, expected 0, 1, 2 or 5"),
            };
            bytes = type == BytesType ? bytes : whole;
            if (length > bytes.Length)
            {
                throw new FormatException($"found a field of {length} bytes, expected at most the {bytes.Length} that follow");
            }

            fields.Add(((int)(tag >> 3), type, bytes[..length]));
            bytes = bytes[length..];
        }
    }

    /// <summary>The values of a repeated field of messages, texts or bytes.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Values(int number) =>
        fields.Where(field => field.Number == number && field.Type == BytesType).Select(field => field.Value);

    /// <summary>The texts of a repeated field.</summary>
    public List<string> Texts(int number) => [.. Values(number).Select(value => Encoding.UTF8.GetString(value.Span))];

    /// <summary>The integers of a repeated field, packed or not.</summary>
    public List<long> Numbers(int number)
    {
        var found = new List<long>();
        foreach (var field in fields.Where(field => field.Number == number))
        {
            for (var rest = field.Value; rest.Length > 0;)
            {
                found.Add((long)ReadVarInt(ref rest));
            }
        }

        return found;
    }

    /// <summary>Removes a field, however often it is there.</summary>
    public ProtoMessage Without(int number)
    {
        fields.RemoveAll(field => field.Number == number);
        return this;
    }

    /// <summary>Adds a message, a text or bytes.</summary>
    public ProtoMessage Add(int number, ReadOnlyMemory<byte> value)
    {
        fields.Add((number, BytesType, value));
        return this;
    }

    /// <summary>Adds a message.</summary>
    public ProtoMessage Add(int number, ProtoMessage value) => Add(number, value.Bytes());

    /// <summary>Adds a text.</summary>
    public ProtoMessage Add(int number, string value) => Add(number, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds an integer.</summary>
    public ProtoMessage Add(int number, long value)
    {
        var bytes = new MemoryStream();
        WriteVarInt(bytes, (ulong)value);
        fields.Add((number, VarIntType, bytes.ToArray()));
        return this;
    }

    /// <summary>Adds a number in single precision.</summary>
    public ProtoMessage Add(int number, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        fields.Add((number, FourBytes, bytes));
        return this;
    }

    /// <summary>The message as bytes.</summary>
    public byte[] Bytes()
    {
        var bytes = new MemoryStream();
        foreach (var (number, type, value) in fields)
        {
            WriteVarInt(bytes, ((ulong)number << 3) | (uint)type);
            if (type == BytesType)
            {
                WriteVarInt(bytes, (ulong)value.Length);
            }

            bytes.Write(value.Span);
        }

        return bytes.ToArray();
    }

    private static int LengthOfVarInt(ReadOnlyMemory<byte> bytes)
    {
        var rest = bytes;
        ReadVarInt(ref rest);
        return bytes.Length - rest.Length;
    }

    private static ulong ReadVarInt(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); i < bytes.Length && shift < 64; i++, shift += 7)
        {
            value |= (ulong)(bytes.Span[i] & 0x7F) << shift;
            if (bytes.Span[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw new FormatException("found no end of an integer");
    }

    private static void WriteVarInt(MemoryStream bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }

        bytes.WriteByte((byte)value);
    }
}
