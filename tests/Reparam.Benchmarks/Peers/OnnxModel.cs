using System.Runtime.InteropServices;

namespace Reparam.Benchmarks.Peers;

/// <summary>
/// An ONNX file of one node, Y = MatMulInteger(A, B) with B a constant, after onnx.proto (IR version 8, operator set 13). Only what the node needs is there.
/// </summary>
internal static class OnnxModel
{
    /// <summary>Name of the input, uint8 [inputs, columns].</summary>
    public const string Input = "A";

    /// <summary>Name of the output, int32 [inputs, rows].</summary>
    public const string Output = "Y";

    /// <summary>The file.</summary>
    /// <param name="inputs">Input rows.</param>
    /// <param name="rows">Rows of the weights.</param>
    /// <param name="columns">Columns of the weights.</param>
    /// <param name="weights">[columns, rows]: the weights' transpose, as the operator takes it.</param>
    public static byte[] MatMulInteger(int inputs, int rows, int columns, ReadOnlySpan<sbyte> weights)
    {
        var constant = OnnxTensor.Of("B", OnnxTensor.Int8, MemoryMarshal.AsBytes(weights).ToArray(), columns, rows);
        var graph = new ProtoMessage()
            .Add(1, OnnxNode.Of("MatMulInteger", [Input, "B"], [Output]).Message).Add(2, "product").Add(5, constant)
            .Add(11, Value(Input, OnnxTensor.UInt8, inputs, columns)).Add(12, Value(Output, OnnxTensor.Int32, inputs, rows));
        return new ProtoMessage().Add(1, 8).Add(7, graph).Add(8, new ProtoMessage().Add(1, "").Add(2, 13)).Bytes();
    }

    private static ProtoMessage Value(string name, int type, int rows, int columns)
    {
        var shape = new ProtoMessage().Add(1, new ProtoMessage().Add(1, rows)).Add(1, new ProtoMessage().Add(1, columns));
        return new ProtoMessage().Add(1, name).Add(2, new ProtoMessage().Add(1, new ProtoMessage().Add(1, type).Add(2, shape)));
    }
}
