using System.Text;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Writes a Protocol Buffers message field by field.</summary>
internal sealed class ProtoBuilder
{
    private readonly MemoryStream bytes = new();

    public ProtoBuilder Integer(int field, long value) => Varint((ulong)field << 3).Varint(unchecked((ulong)value));

    public ProtoBuilder Bytes(int field, params byte[] value)
    {
        Varint(((ulong)field << 3) | 2).Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    public ProtoBuilder Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoBuilder Message(int field, ProtoBuilder message) => Bytes(field, message.ToArray());

    /// <summary>Packed varints.</summary>
    public ProtoBuilder Packed(int field, params long[] values)
    {
        var packed = new ProtoBuilder();
        foreach (var value in values)
        {
            packed.Varint(unchecked((ulong)value));
        }

        return Message(field, packed);
    }

    public ProtoBuilder Float(int field, float value)
    {
        Varint(((ulong)field << 3) | 5);
        bytes.Write(BitConverter.GetBytes(value));
        return this;
    }

    /// <summary>Fields that are encoded already.</summary>
    public ProtoBuilder Raw(byte[] fields)
    {
        bytes.Write(fields);
        return this;
    }

    public byte[] ToArray() => bytes.ToArray();

    private ProtoBuilder Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.WriteByte((byte)(value | 0x80));
        }

        bytes.WriteByte((byte)value);
        return this;
    }

    /// <summary>An ONNX model of one graph.</summary>
    public static byte[] Model(ProtoBuilder graph) => new ProtoBuilder().Integer(1, 8).Text(2, "test").Message(7, graph).ToArray();

    /// <summary>An ONNX tensor without elements.</summary>
    public static ProtoBuilder Tensor(string name, int type, params long[] shape) => new ProtoBuilder().Packed(1, shape).Integer(2, type).Text(8, name);

    /// <summary>An ONNX tensor with elements in another file.</summary>
    public static ProtoBuilder External(string name, long[] shape, params (string Key, string Value)[] entries)
    {
        var tensor = Tensor(name, 1, shape).Integer(14, 1);
        foreach (var (key, value) in entries)
        {
            tensor.Message(13, new ProtoBuilder().Text(1, key).Text(2, value));
        }

        return tensor;
    }
}
