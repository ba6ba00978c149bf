using System.Numerics;
using System.Runtime.InteropServices;

namespace Reparam.Checkpoints;

/// <summary>Conversion between stored elements and floats.</summary>
public static class ElementConversion
{
    /// <summary>Whether <see cref="ToSingles"/> takes the type: all but complex and floats below 16 bits.</summary>
    public static bool CanConvertToSingle(DType dtype) => dtype is
        DType.F32 or DType.F16 or DType.BF16 or DType.F64 or DType.Bool or DType.U8 or DType.I8 or DType.U16 or DType.I16 or
        DType.U32 or DType.I32 or DType.U64 or DType.I64;

    /// <summary>Converts stored elements to floats; what float cannot hold is rounded to nearest, a too large double becomes infinite.</summary>
    /// <param name="dtype">Type of the stored elements.</param>
    /// <param name="source">Little-endian elements, as many as <paramref name="destination"/> takes.</param>
    /// <param name="destination">[elements].</param>
    /// <exception cref="ArgumentException">The type has no conversion, or the lengths do not match.</exception>
    public static void ToSingles(DType dtype, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (!CanConvertToSingle(dtype))
        {
            throw new ArgumentException($"{dtype.FormatName()} has no conversion to float", nameof(dtype));
        }

        RequireLength(dtype, source.Length, destination.Length);
        switch (dtype)
        {
            case DType.F32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case DType.F16:
                Convert<Half>(source, destination);
                break;
            case DType.BF16:
                FromBFloat16(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            case DType.F64:
                Convert<double>(source, destination);
                break;
            case DType.Bool or DType.U8:
                Convert<byte>(source, destination);
                break;
            case DType.I8:
                Convert<sbyte>(source, destination);
                break;
            case DType.U16:
                Convert<ushort>(source, destination);
                break;
            case DType.I16:
                Convert<short>(source, destination);
                break;
            case DType.U32:
                Convert<uint>(source, destination);
                break;
            case DType.I32:
                Convert<int>(source, destination);
                break;
            case DType.U64:
                Convert<ulong>(source, destination);
                break;
            case DType.I64:
                Convert<long>(source, destination);
                break;
        }
    }

    /// <summary>Converts floats to F32, F16 or BF16, rounding to nearest, ties to even; NaN stays NaN.</summary>
    /// <param name="dtype">F32, F16 or BF16.</param>
    /// <param name="source">[elements].</param>
    /// <param name="destination">Little-endian elements.</param>
    /// <exception cref="ArgumentException">Another type, or the lengths do not match.</exception>
    public static void FromSingles(DType dtype, ReadOnlySpan<float> source, Span<byte> destination)
    {
        if (dtype is not (DType.F32 or DType.F16 or DType.BF16))
        {
            throw new ArgumentException($"no conversion from float to {dtype.FormatName()}", nameof(dtype));
        }

        RequireLength(dtype, destination.Length, source.Length);
        switch (dtype)
        {
            case DType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            case DType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(destination);
                for (var i = 0; i < source.Length; i++)
                {
                    halves[i] = (Half)source[i];
                }

                break;
            default:
                var words = MemoryMarshal.Cast<byte, ushort>(destination);
                for (var i = 0; i < source.Length; i++)
                {
                    words[i] = ToBFloat16(source[i]);
                }

                break;
        }
    }

    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Rounding could carry a NaN's mantissa into infinity: set the quiet bit instead.
            return (ushort)((bits >> 16) | 0x40);
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void FromBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination) where T : unmanaged, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(source);
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = float.CreateTruncating(values[i]);
        }
    }

    private static void RequireLength(DType dtype, int bytes, int elements)
    {
        var expected = (long)elements * dtype.BitSize() / 8;
        if (bytes != expected)
        {
            throw new ArgumentException($"found {bytes} bytes, expected {expected} for {elements} elements of {dtype.FormatName()}");
        }
    }
}
