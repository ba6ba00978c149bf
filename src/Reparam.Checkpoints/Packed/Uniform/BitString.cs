using System.Buffers.Binary;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// Unsigned integers of 1 to 8 bits, one behind the other without gaps: bit j of integer i is bit n mod 8 of byte ⌊n/8⌋, with n = i·bits + j. So 4-bit
/// integers lie two in a byte, the first in the low half.
/// </summary>
public static class BitString
{
    /// <summary>Bytes of so many integers: ⌈count·bits/8⌉.</summary>
    /// <param name="count">Number of integers.</param>
    /// <param name="bits">Bits of each.</param>
    /// <exception cref="OverflowException">They are too many for an array.</exception>
    public static int Bytes(int count, int bits) => checked((int)((((long)count * bits) + 7) / 8));

    /// <summary>One integer.</summary>
    /// <param name="bytes">The string.</param>
    /// <param name="bits">Bits of each integer, 1 to 8.</param>
    /// <param name="index">Which one.</param>
    public static int At(ReadOnlySpan<byte> bytes, int bits, int index)
    {
        var position = (long)index * bits;
        var (first, shift) = ((int)(position >> 3), (int)(position & 7));
        var value = bytes[first] | (shift + bits > 8 ? bytes[first + 1] << 8 : 0);
        return (value >> shift) & ((1 << bits) - 1);
    }

    /// <summary>Reads integers from the first on.</summary>
    /// <param name="bytes">The string; it may be longer.</param>
    /// <param name="bits">Bits of each integer, 1 to 8.</param>
    /// <param name="destination">As many as are wanted.</param>
    public static void Unpack(ReadOnlySpan<byte> bytes, int bits, Span<byte> destination)
    {
        if (bits == 8)
        {
            bytes[..destination.Length].CopyTo(destination);
            return;
        }

        // Eight integers are so many bytes as one has bits.
        var mask = (1UL << bits) - 1;
        var i = 0;
        for (; i + 8 <= destination.Length; i += 8, bytes = bytes[bits..])
        {
            var eight = Load(bytes, bits);
            for (var j = 0; j < 8; j++, eight >>= bits)
            {
                destination[i + j] = (byte)(eight & mask);
            }
        }

        for (var j = 0; i < destination.Length; i++, j++)
        {
            destination[i] = (byte)At(bytes, bits, j);
        }
    }

    /// <summary>Writes integers; the bits behind the last are 0.</summary>
    /// <param name="values">Each 0 to 2^bits − 1.</param>
    /// <param name="bits">Bits of each, 1 to 8.</param>
    /// <param name="destination">[⌈count·bits/8⌉]: is overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value has more bits.</exception>
    public static void Pack(ReadOnlySpan<byte> values, int bits, Span<byte> destination)
    {
        destination[..Bytes(values.Length, bits)].Clear();
        var position = 0L;
        foreach (var value in values)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (1 << bits) - 1, nameof(values));
            var (first, shift) = ((int)(position >> 3), (int)(position & 7));
            destination[first] |= (byte)(value << shift);
            if (shift + bits > 8)
            {
                destination[first + 1] |= (byte)(value >> (8 - shift));
            }

            position += bits;
        }
    }

    private static ulong Load(ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        var value = 0UL;
        for (var i = count - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }
}
