using System.Runtime.InteropServices;
using Reparam.Checkpoints;

namespace Reparam.Merging.Engine;

/// <summary>Stored floats as doubles, and back with one rounding.</summary>
internal static class FloatElements
{
    /// <summary>Whether tensors of a type are merged.</summary>
    public static bool IsFloat(DType dtype) => dtype is DType.F64 or DType.F32 or DType.F16 or DType.BF16;

    /// <summary>Widens stored elements. Every value stays what it is.</summary>
    /// <param name="dtype">F64, F32, F16 or BF16.</param>
    /// <param name="source">Little-endian elements.</param>
    /// <param name="destination">As many elements.</param>
    public static void ToDoubles(DType dtype, ReadOnlySpan<byte> source, Span<double> destination)
    {
        switch (dtype)
        {
            case DType.F64:
                MemoryMarshal.Cast<byte, double>(source).CopyTo(destination);
                break;
            case DType.F32:
                var singles = MemoryMarshal.Cast<byte, float>(source);
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = singles[i];
                }

                break;
            case DType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(source);
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = (double)halves[i];
                }

                break;
            default:
                var words = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)words[i] << 16);
                }

                break;
        }
    }

    /// <summary>Rounds to nearest, ties to even, once.</summary>
    /// <param name="dtype">F64, F32, F16 or BF16.</param>
    /// <param name="source">Finite values.</param>
    /// <param name="destination">Little-endian elements, as many.</param>
    /// <returns>Index of the first value that the type cannot hold: it is not finite, or becomes infinite. -1 for none.</returns>
    public static int FromDoubles(DType dtype, ReadOnlySpan<double> source, Span<byte> destination)
    {
        var first = -1;
        switch (dtype)
        {
            case DType.F64:
                for (var i = 0; i < source.Length && first < 0; i++)
                {
                    first = double.IsFinite(source[i]) ? first : i;
                }

                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            case DType.F32:
                var singles = MemoryMarshal.Cast<byte, float>(destination);
                for (var i = 0; i < source.Length; i++)
                {
                    singles[i] = (float)source[i];
                    first = first < 0 && !float.IsFinite(singles[i]) ? i : first;
                }

                break;
            case DType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(destination);
                for (var i = 0; i < source.Length; i++)
                {
                    halves[i] = (Half)source[i];
                    first = first < 0 && !Half.IsFinite(halves[i]) ? i : first;
                }

                break;
            default:
                var words = MemoryMarshal.Cast<byte, ushort>(destination);
                for (var i = 0; i < source.Length; i++)
                {
                    words[i] = ToBFloat16(source[i]);
                    first = first < 0 && (words[i] & 0x7F80) == 0x7F80 ? i : first;
                }

                break;
        }

        return first;
    }

    // By way of a float that is rounded to odd: it tells on which side of the middle between two shorter numbers the double lies.
    private static ushort ToBFloat16(double value)
    {
        var nearest = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(nearest);
        if (float.IsInfinity(nearest) || float.IsNaN(nearest))
        {
            return (ushort)(bits >> 16);
        }

        if (nearest != value)
        {
            bits = Math.Abs((double)nearest) > Math.Abs(value) ? bits - 1 : bits;
            bits |= 1;
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
