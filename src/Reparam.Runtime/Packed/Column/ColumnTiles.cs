using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Weights of a <see cref="ColumnScalePiece"/> in single precision, on AVX-512: a column of a row block has 2^planes levels, and one permutation looks them up
/// for 16 rows. The levels are those of the format, bit for bit.
/// </summary>
internal static unsafe class ColumnTiles
{
    /// <summary>Most columns of a tile.</summary>
    public const int Columns = 128;

    /// <summary>Rows of a tile.</summary>
    public const int Rows = PrepackedLayout.BlockRows;

    private const int ChunkColumns = PrepackedLayout.ChunkColumns;

    /// <summary>The levels of some columns.</summary>
    /// <param name="piece">The rows.</param>
    /// <param name="chunk">First chunk of columns.</param>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="levels">Out: [column][16]: the level of a code, whose bit is set where a plane adds its scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Levels(in ColumnScalePiece piece, int chunk, int chunks, float* levels)
    {
        var first = Vector512.Create(Vector256.Create(-1f, 1, -1, 1, -1, 1, -1, 1));
        var second = Vector512.Create(Vector256.Create(-1f, -1, 1, 1, -1, -1, 1, 1));
        var third = Vector512.Create(Vector256.Create(-1f, -1, -1, -1, 1, 1, 1, 1));
        var fourth = Vector512.Create(Vector256.Create(-1f), Vector256.Create(1f));
        var distance = piece.Chunks * ChunkColumns / piece.ScaleColumns;
        for (var column = chunk * ChunkColumns; column < (chunk + chunks) * ChunkColumns; column++, levels += Rows)
        {
            var scale = piece.Scales + (column / piece.ScaleColumns);
            var level = first * Vector512.Create(*scale);
            level = piece.Bits > 1 ? Vector512.FusedMultiplyAdd(second, Vector512.Create(scale[distance]), level) : level;
            level = piece.Bits > 2 ? Vector512.FusedMultiplyAdd(third, Vector512.Create(scale[2 * distance]), level) : level;
            level = piece.Bits > 3 ? Vector512.FusedMultiplyAdd(fourth, Vector512.Create(scale[3 * distance]), level) : level;
            level.Store(levels);
        }
    }

    /// <summary>Decodes 16 rows.</summary>
    /// <param name="piece">The rows.</param>
    /// <param name="unit">Which sixteen of them.</param>
    /// <param name="chunk">First chunk of columns.</param>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="levels">What <see cref="Levels"/> gave for these chunks.</param>
    /// <param name="tile">Out: [column][16 rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode(in ColumnScalePiece piece, int unit, int chunk, int chunks, float* levels, float* tile)
    {
        var step = (nint)piece.Units * PrepackedLayout.ChunkBytes;
        var plane = piece.Chunks * step;
        var codes = piece.Codes + (chunk * step) + ((nint)unit * PrepackedLayout.ChunkBytes);
        var bits = piece.Bits;
        for (; chunks > 0; chunks--, codes += step, levels += ChunkColumns * Rows, tile += ChunkColumns * Rows)
        {
            // The bits of four planes of columns 4i + j become nibble i of word j.
            var zero = Vector512<uint>.Zero;
            var p0 = Vector512.Load((uint*)codes);
            var p1 = bits > 1 ? Vector512.Load((uint*)(codes + plane)) : zero;
            var p2 = bits > 2 ? Vector512.Load((uint*)(codes + (2 * plane))) : zero;
            var p3 = bits > 3 ? Vector512.Load((uint*)(codes + (3 * plane))) : zero;
            var odd = Vector512.Create(0xAAAAAAAA);
            var high = Vector512.Create(0xCCCCCCCC);
            var (even01, odd01) = (Vector512.ConditionalSelect(odd, p1 << 1, p0), Vector512.ConditionalSelect(odd, p1, p0 >>> 1));
            var (even23, odd23) = (Vector512.ConditionalSelect(odd, p3 << 1, p2), Vector512.ConditionalSelect(odd, p3, p2 >>> 1));
            var n0 = Vector512.ConditionalSelect(high, even23 << 2, even01);
            var n1 = Vector512.ConditionalSelect(high, odd23 << 2, odd01);
            var n2 = Vector512.ConditionalSelect(high, even23, even01 >>> 2);
            var n3 = Vector512.ConditionalSelect(high, odd23, odd01 >>> 2);
            Quad(n0, n1, n2, n3, levels, tile);
            Quad(n0 >>> 4, n1 >>> 4, n2 >>> 4, n3 >>> 4, levels + (4 * Rows), tile + (4 * Rows));
            Quad(n0 >>> 8, n1 >>> 8, n2 >>> 8, n3 >>> 8, levels + (8 * Rows), tile + (8 * Rows));
            Quad(n0 >>> 12, n1 >>> 12, n2 >>> 12, n3 >>> 12, levels + (12 * Rows), tile + (12 * Rows));
            Quad(n0 >>> 16, n1 >>> 16, n2 >>> 16, n3 >>> 16, levels + (16 * Rows), tile + (16 * Rows));
            Quad(n0 >>> 20, n1 >>> 20, n2 >>> 20, n3 >>> 20, levels + (20 * Rows), tile + (20 * Rows));
            Quad(n0 >>> 24, n1 >>> 24, n2 >>> 24, n3 >>> 24, levels + (24 * Rows), tile + (24 * Rows));
            Quad(n0 >>> 28, n1 >>> 28, n2 >>> 28, n3 >>> 28, levels + (28 * Rows), tile + (28 * Rows));
        }
    }

    // Four columns. The permutation takes the low four bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(Vector512<uint> n0, Vector512<uint> n1, Vector512<uint> n2, Vector512<uint> n3, float* levels, float* tile)
    {
        Avx512F.PermuteVar16x32(Vector512.Load(levels), n0.AsInt32()).Store(tile);
        Avx512F.PermuteVar16x32(Vector512.Load(levels + Rows), n1.AsInt32()).Store(tile + Rows);
        Avx512F.PermuteVar16x32(Vector512.Load(levels + (2 * Rows)), n2.AsInt32()).Store(tile + (2 * Rows));
        Avx512F.PermuteVar16x32(Vector512.Load(levels + (3 * Rows)), n3.AsInt32()).Store(tile + (3 * Rows));
    }
}
