namespace Reparam.Runtime.Packed;

/// <summary>The permutation of nibbles between a canonical code word (32 columns of one row) and a chunk of the running stream.</summary>
internal static class ChunkCodes
{
    private const int BlockRows = StreamLayout.BlockRows;

    /// <summary>Writes the code word of one row into its places in a chunk.</summary>
    public static void Write(Span<byte> chunk, int row, uint word, bool rowsInDwords)
    {
        if (rowsInDwords)
        {
            for (var j = 0; j < 4; j++)
            {
                chunk[4 * row + j] = Pair(word, j, 4 + j);
            }

            return;
        }

        for (var part = 0; part < 4; part++)
        {
            var first = 4 * (part / 2) + part % 2;
            chunk[part * BlockRows + ByteOf(row)] = Pair(word, first, first + 2);
        }
    }

    /// <summary>The code word of one row of a chunk: the inverse of <see cref="Write"/>.</summary>
    public static uint Read(ReadOnlySpan<byte> chunk, int row, bool rowsInDwords)
    {
        var word = 0u;
        for (var part = 0; part < 4; part++)
        {
            var pair = (uint)(rowsInDwords ? chunk[4 * row + part] : chunk[part * BlockRows + ByteOf(row)]);
            var first = rowsInDwords ? part : 4 * (part / 2) + part % 2;
            var second = first + (rowsInDwords ? 4 : 2);
            word |= ((pair & 15) << (4 * first)) | ((pair >> 4) << (4 * second));
        }

        return word;
    }

    // Rows 0 to 7 in the even bytes and 8 to 15 in the odd ones: sums of words then part into two runs of rows.
    private static int ByteOf(int row) => 2 * (row % 8) + row / 8;

    private static byte Pair(uint word, int low, int high) => (byte)(((word >> (4 * low)) & 15) | (((word >> (4 * high)) & 15) << 4));
}
