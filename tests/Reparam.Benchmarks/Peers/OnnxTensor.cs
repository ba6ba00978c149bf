namespace Reparam.Benchmarks.Peers;

/// <summary>Constants of an ONNX graph, as TensorProto messages.</summary>
internal static class OnnxTensor
{
    /// <summary>Number of the type float.</summary>
    public const int Float = 1;

    /// <summary>Number of the type uint8.</summary>
    public const int UInt8 = 2;

    /// <summary>Number of the type int8.</summary>
    public const int Int8 = 3;

    /// <summary>Number of the type int32.</summary>
    public const int Int32 = 6;

    /// <summary>A constant.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Number of its type.</param>
    /// <param name="values">Its values, little-endian.</param>
    /// <param name="shape">Its dimensions; none for a scalar.</param>
    public static ProtoMessage Of(string name, int type, byte[] values, params ReadOnlySpan<long> shape)
    {
        var message = new ProtoMessage();
        foreach (var size in shape)
        {
            message.Add(1, size);
        }

        return message.Add(2, type).Add(8, name).Add(9, values);
    }
}
