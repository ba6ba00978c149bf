using System.Runtime.InteropServices;
using Reparam.Checkpoints;

namespace Reparam.Compression.Structures;

/// <summary>Float64 values to stored elements, each rounded once.</summary>
internal static class FoldedValues
{
    /// <summary>The type that a folded tensor is stored in: that of its model, or F32 where the model is no float of 16 to 64 bits.</summary>
    public static DType StoredType(DType like) => like is DType.F64 or DType.F32 or DType.F16 or DType.BF16 ? like : DType.F32;

    /// <summary>The stored bytes, little-endian.</summary>
    /// <param name="type">F64, F32, F16 or BF16.</param>
    /// <param name="values">The values.</param>
    public static byte[] ToBytes(DType type, double[] values) => type switch
    {
        DType.F64 => MemoryMarshal.AsBytes<double>(values).ToArray(),
        DType.F32 => MemoryMarshal.AsBytes<float>(Array.ConvertAll(values, value => (float)value)).ToArray(),
        DType.F16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)).ToArray(),
        _ => FromOdd(type, Array.ConvertAll(values, RoundToOdd)),
    };

    private static byte[] FromOdd(DType type, float[] values)
    {
        var bytes = new byte[2L * values.Length];
        ElementConversion.FromSingles(type, values, bytes);
        return bytes;
    }

    // Towards zero, with the last bit set where something was cut off: what rounds this to fewer bits gives what rounding the double would have given.
    private static float RoundToOdd(double value)
    {
        var single = (float)value;
        if (single == value || !float.IsFinite(single))
        {
            return single;
        }

        var bits = BitConverter.SingleToUInt32Bits(single);
        return BitConverter.UInt32BitsToSingle((Math.Abs((double)single) > Math.Abs(value) ? bits - 1 : bits) | 1);
    }
}
