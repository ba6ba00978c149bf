using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>The permutation of nibbles between canonical code words (32 columns of a row each) and a chunk of the prepacked weights.</summary>
internal static unsafe class ChunkCodes
{
    private const int BlockRows = PrepackedLayout.BlockRows;

    /// <summary>Writes the code words of sixteen rows as a chunk.</summary>
    /// <param name="words">[16].</param>
    /// <param name="chunk">[64].</param>
    /// <param name="rowsInDwords">See <see cref="PrepackedLayout.RowsInDwords"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(uint* words, byte* chunk, bool rowsInDwords)
    {
        var (a, b, c, d) = (Vector128.Load(words), Vector128.Load(words + 4), Vector128.Load(words + 8), Vector128.Load(words + 12));
        if (rowsInDwords)
        {
            FarPairs(a).AsByte().Store(chunk);
            FarPairs(b).AsByte().Store(chunk + 16);
            FarPairs(c).AsByte().Store(chunk + 32);
            FarPairs(d).AsByte().Store(chunk + 48);
            return;
        }

        // Rows 0 to 7 in the even bytes and 8 to 15 in the odd ones: sums of words then part into two runs of rows.
        (a, b, c, d) = (NearPairs(a), NearPairs(b), NearPairs(c), NearPairs(d));
        WritePart(a, b, c, d, chunk);
        WritePart(a >>> 8, b >>> 8, c >>> 8, d >>> 8, chunk + BlockRows);
        WritePart(a >>> 16, b >>> 16, c >>> 16, d >>> 16, chunk + (2 * BlockRows));
        WritePart(a >>> 24, b >>> 24, c >>> 24, d >>> 24, chunk + (3 * BlockRows));
    }

    /// <summary>The code word of one row of a chunk: the inverse of <see cref="Write"/>.</summary>
    public static uint Read(ReadOnlySpan<byte> chunk, int row, bool rowsInDwords)
    {
        var word = 0u;
        for (var part = 0; part < 4; part++)
        {
            var pair = (uint)(rowsInDwords ? chunk[(4 * row) + part] : chunk[(part * BlockRows) + (2 * (row % 8)) + (row / 8)]);
            var first = rowsInDwords ? part : (4 * (part / 2)) + (part % 2);
            var second = first + (rowsInDwords ? 4 : 2);
            word |= ((pair & 15) << (4 * first)) | ((pair >> 4) << (4 * second));
        }

        return word;
    }

    // Byte j of a word: nibbles j and j + 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> FarPairs(Vector128<uint> words) => Spread(words & Vector128.Create(0xFFFFu)) | (Spread(words >>> 16) << 4);

    // The four nibbles of the lower half in the lower halves of four bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Spread(Vector128<uint> words)
    {
        var wide = (words | (words << 8)) & Vector128.Create(0x00FF00FFu);
        return (wide | (wide << 4)) & Vector128.Create(0x0F0F0F0Fu);
    }

    // Nibbles 1 and 2 of each half change places: the bytes of a word then hold the nibbles 0 and 2, 1 and 3, 4 and 6, 5 and 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> NearPairs(Vector128<uint> words) =>
        (words & Vector128.Create(0xF00FF00Fu)) | ((words & Vector128.Create(0x00F000F0u)) << 4) | ((words >>> 4) & Vector128.Create(0x00F000F0u));

    // The lowest bytes of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePart(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, byte* place)
    {
        var mask = Vector128.Create(255u);
        (Vector128.Narrow(a & mask, b & mask) | (Vector128.Narrow(c & mask, d & mask) << 8)).AsByte().Store(place);
    }
}
