using System.Buffers.Binary;

namespace Reparam.Fuzz.Mutation;

/// <summary>Mutations that need to know nothing of a file: bits, bytes, lengths, runs, pieces.</summary>
internal static class ByteMutator
{
    private const int LongestRun = 1 << 14;

    private static readonly long[] Numbers =
    [
        0, 1, 2, 7, 8, 63, 64, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 1 << 24, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, 1L << 53,
        long.MaxValue / 4, long.MaxValue, long.MinValue, -1, -2, -128,
    ];

    /// <summary>One mutation.</summary>
    /// <param name="random">Says which.</param>
    /// <param name="bytes">What is mutated; it stays as it is.</param>
    /// <param name="other">Another file, of which a piece may be taken.</param>
    public static byte[] Mutate(Random random, byte[] bytes, byte[] other)
    {
        if (bytes.Length == 0)
        {
            return Piece(random, other);
        }

        var at = random.Next(bytes.Length);
        var length = Math.Min(1 + random.Next(1 << random.Next(1, 8)), bytes.Length - at);
        switch (random.Next(12))
        {
            case 0 or 1:
                var flipped = bytes.ToArray();
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 2:
                var changed = bytes.ToArray();
                changed[at] = (byte)random.Next(256);
                return changed;
            case 3 or 4:
                return WithNumber(random, bytes, at);
            case 5:
                var filled = bytes.ToArray();
                filled.AsSpan(at, length).Fill((byte)(random.Next(3) switch { 0 => 0, 1 => 255, _ => random.Next(256) }));
                return filled;
            case 6:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 7:
                return bytes[..at];
            case 8:
                return [.. bytes[..at], .. Piece(random, other), .. bytes[at..]];
            case 9:
                return [.. bytes[..at], .. Piece(random, bytes), .. bytes[(at + length)..]];
            case 10:
                var times = Math.Min(1 << random.Next(12), LongestRun / length + 1);
                return [.. bytes[..at], .. Enumerable.Repeat(bytes[at..(at + length)], times).SelectMany(piece => piece), .. bytes[at..]];
            default:
                return [.. bytes[..at], .. other.AsSpan(Math.Min(at, other.Length))];
        }
    }

    private static byte[] WithNumber(Random random, byte[] bytes, int at)
    {
        var result = bytes.ToArray();
        Span<byte> number = stackalloc byte[8];
        var value = Numbers[random.Next(Numbers.Length)];
        if (random.Next(8) == 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        }

        var width = Math.Min(1 << random.Next(4), bytes.Length - at);
        number[..width].CopyTo(result.AsSpan(at));
        return result;
    }

    private static byte[] Piece(Random random, byte[] bytes)
    {
        var start = random.Next(bytes.Length + 1);
        return bytes[start..(start + random.Next(Math.Min(bytes.Length - start, 256) + 1))];
    }
}
