using System.Runtime.InteropServices;
using System.Text;

namespace Reparam.Benchmarks.Peers;

/// <summary>
/// An ONNX file of one node, Y = MatMulInteger(A, B) with B a constant: bytes of protocol buffers, written field by field after
/// onnx.proto (IR version 8, operator set 13). Only what the node needs is there.
/// </summary>
internal static class OnnxModel
{
    /// <summary>Name of the input, uint8 [inputs, columns].</summary>
    public const string Input = "A";

    /// <summary>Name of the output, int32 [inputs, rows].</summary>
    public const string Output = "Y";

    private const int UInt8 = 2;
    private const int Int8 = 3;
    private const int Int32 = 6;
    private const int Bytes = 2;

    /// <summary>The file.</summary>
    /// <param name="inputs">Input rows.</param>
    /// <param name="rows">Rows of the weights.</param>
    /// <param name="columns">Columns of the weights.</param>
    /// <param name="weights">[columns, rows]: the weights' transpose, as the operator takes it.</param>
    public static byte[] MatMulInteger(int inputs, int rows, int columns, ReadOnlySpan<sbyte> weights)
    {
        var node = Message(Text(1, Input), Text(1, "B"), Text(2, Output), Text(3, "product"), Text(4, "MatMulInteger"));
        var constant = Message(Number(1, columns), Number(1, rows), Number(2, Int8), Text(8, "B"), Field(9, MemoryMarshal.AsBytes(weights)));
        var graph = Message(
            Field(1, node), Text(2, "product"), Field(5, constant),
            Field(11, Value(Input, UInt8, inputs, columns)), Field(12, Value(Output, Int32, inputs, rows)));
        return Message(Number(1, 8), Field(7, graph), Field(8, Message(Text(1, ""), Number(2, 13))));
    }

    private static byte[] Value(string name, int type, int rows, int columns)
    {
        var shape = Message(Field(1, Message(Number(1, rows))), Field(1, Message(Number(1, columns))));
        return Message(Text(1, name), Field(2, Message(Field(1, Message(Number(1, type), Field(2, shape))))));
    }

    private static byte[] Message(params ReadOnlySpan<byte[]> fields)
    {
        var message = new List<byte>();
        foreach (var field in fields)
        {
            message.AddRange(field);
        }

        return [.. message];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Number(int field, long value) => [.. VarInt((ulong)field << 3), .. VarInt((ulong)value)];

    private static byte[] Field(int field, ReadOnlySpan<byte> bytes) => [.. VarInt(((ulong)field << 3) | Bytes), .. VarInt((ulong)bytes.Length), .. bytes];

    private static byte[] VarInt(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
