using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>
/// Reads the fields of a Protocol Buffers message where it lies in a file. Long fields are passed over, not read: models are larger than memory, and larger
/// than the 2 GB that protobuf libraries take.
/// </summary>
/// <param name="message">The message.</param>
internal sealed class ProtoReader(ProtoMessage message)
{
    private long position;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Its type on the wire.</summary>
    public WireType Type { get; private set; }

    /// <summary>Whether all was read.</summary>
    public bool AtEnd => position >= message.Length;

    /// <summary>Goes to the next field; false at the end of the message. The field must be read, or passed over with <see cref="Skip"/>.</summary>
    /// <exception cref="FormatException">The bytes are no fields.</exception>
    public bool Next()
    {
        if (AtEnd)
        {
            return false;
        }

        var tag = ReadVarint();
        Field = tag >> 3 is > 0 and <= int.MaxValue and var field
            ? (int)field
            : throw new FormatException($"found field number {tag >> 3}, expected a positive one");
        Type = (tag & 7) is 0 or 1 or 2 or 5
            ? (WireType)(tag & 7)
            : throw new FormatException($"found a field of wire type {tag & 7}, expected 0, 1, 2 or 5");
        return true;
    }

    /// <summary>The value of a varint.</summary>
    /// <exception cref="FormatException">It is cut off, or longer than 10 bytes.</exception>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("found an integer of more than 10 bytes");
    }

    /// <summary>The value of an integer field.</summary>
    /// <exception cref="FormatException">The field is no integer.</exception>
    public long ReadInteger() =>
        Type == WireType.Varint ? unchecked((long)ReadVarint()) : throw new FormatException($"found field {Field} of wire type {Type}, expected an integer");

    /// <summary>The place of a text, a message or packed numbers.</summary>
    /// <exception cref="FormatException">The field is none of these, or is longer than what follows.</exception>
    public ProtoMessage ReadMessage()
    {
        if (Type != WireType.Bytes)
        {
            throw new FormatException($"found field {Field} of wire type {Type}, expected a text, a message or packed numbers");
        }

        var length = ReadVarint();
        if (length > (ulong)(message.Length - position))
        {
            throw new FormatException(
                $"found field {Field} of {length} bytes, expected at most the {message.Length - position} that follow; the file may be cut off");
        }

        var range = message with { Offset = message.Offset + position, Length = (long)length };
        position += (long)length;
        return range;
    }

    /// <summary>A text.</summary>
    /// <exception cref="FormatException">It is longer than a name may be, or no UTF-8.</exception>
    public string ReadText()
    {
        var range = ReadMessage().Range;
        if (range.Length > NameBudget.LongestName)
        {
            throw new FormatException($"found a name of {range.Length} bytes, expected at most {NameBudget.LongestName}");
        }

        var bytes = new byte[range.Length];
        range.Read(0, bytes);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new FormatException("found a name that is not UTF-8");
    }

    /// <summary>Passes over the field.</summary>
    /// <exception cref="FormatException">It is longer than what follows.</exception>
    public void Skip()
    {
        switch (Type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Bytes:
                ReadMessage();
                break;
            default:
                ReadFixed(Type == WireType.Fixed32 ? sizeof(uint) : sizeof(ulong));
                break;
        }
    }

    /// <summary>The bits of a number of 4 or 8 bytes.</summary>
    /// <exception cref="FormatException">It is cut off.</exception>
    public ulong ReadFixed(int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        for (var i = 0; i < size; i++)
        {
            bytes[i] = ReadByte();
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private byte ReadByte()
    {
        if (AtEnd)
        {
            throw new FormatException("found the end of a message within a field; the file may be cut off");
        }

        return message.File[message.Offset + position++];
    }
}
