using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Rows that share their scales, in single precision, on AVX-512: the inputs are multiplied by the scales, the 16 signed sums of four of them are made in a
/// register, and one permutation looks them up for 16 rows.
/// </summary>
internal static unsafe class Avx512ColumnScaleKernel
{
    private const int ReadAhead = 2048;

    // Chunks whose inputs are multiplied by scales before their tables are made: what was just stored as vectors cannot yet be read element by element.
    private const int Window = 8;

    /// <summary>Sums of some units of 16 rows.</summary>
    /// <param name="piece">
    /// The rows: codes [plane][chunk of 32 columns][unit][16 rows] as canonical words, and scales [plane][chunk][32, or 4 for eight columns each].
    /// </param>
    /// <param name="x">[chunk][32]: an input row, zeros behind its end.</param>
    /// <param name="sums">Out: [unit][16 rows].</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(in ColumnScalePiece piece, float* x, float* sums)
    {
        var ones = Vector512.Create(Opaque(1));
        var first = ones ^ Vector512.Create(Vector256.Create(-0f, 0, -0f, 0, -0f, 0, -0f, 0));
        var second = ones ^ Vector512.Create(Vector256.Create(-0f, -0f, 0, 0, -0f, -0f, 0, 0));
        var third = ones ^ Vector512.Create(Vector256.Create(-0f, -0f, -0f, -0f, 0, 0, 0, 0));
        var fourth = ones ^ Vector512.Create(Vector256.Create(-0f), Vector256<float>.Zero);
        var folded = stackalloc float[Window * PrepackedLayout.ChunkColumns];
        var codes = piece.Codes;
        var scales = piece.Scales;
        var units = piece.Units;
        new Span<float>(sums, units * PrepackedLayout.BlockRows).Clear();
        for (var plane = 0; plane < piece.Bits; plane++)
        {
            for (var chunk = 0; chunk < piece.Chunks; chunk++)
            {
                var place = folded + (chunk % Window * PrepackedLayout.ChunkColumns);
                if (place == folded)
                {
                    for (var i = chunk; i < Math.Min(piece.Chunks, chunk + Window); i++)
                    {
                        Fold(x + (i * PrepackedLayout.ChunkColumns), ref scales, piece.ScaleColumns, folded + ((i - chunk) * PrepackedLayout.ChunkColumns));
                    }
                }

                var table0 = Table(place, first, second, third, fourth);
                var table1 = Table(place + 4, first, second, third, fourth);
                var table2 = Table(place + 8, first, second, third, fourth);
                var table3 = Table(place + 12, first, second, third, fourth);
                var table4 = Table(place + 16, first, second, third, fourth);
                var table5 = Table(place + 20, first, second, third, fourth);
                var table6 = Table(place + 24, first, second, third, fourth);
                var table7 = Table(place + 28, first, second, third, fourth);
                for (var unit = 0; unit < units; unit++)
                {
                    var word = Vector512.Load((uint*)codes);
                    Sse.Prefetch0(codes + ReadAhead);
                    codes += PrepackedLayout.ChunkBytes;
                    var sum0 = LookUp(table0, word) + LookUp(table1, word >>> 4);
                    var sum1 = LookUp(table2, word >>> 8) + LookUp(table3, word >>> 12);
                    var sum2 = LookUp(table4, word >>> 16) + LookUp(table5, word >>> 20);
                    var sum3 = LookUp(table6, word >>> 24) + LookUp(table7, word >>> 28);
                    var total = sums + (unit * PrepackedLayout.BlockRows);
                    (Vector512.Load(total) + ((sum0 + sum1) + (sum2 + sum3))).Store(total);
                }
            }
        }
    }

    // A constant that the compiler cannot see, so that what is made of it stays in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Opaque(float value) => value;

    // The inputs of a chunk times their scales.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold(float* x, ref float* scales, int scaleColumns, float* folded)
    {
        Sse.Prefetch0((byte*)scales + ReadAhead);
        var (left, right) = (Vector512.Load(x), Vector512.Load(x + Vector512<float>.Count));
        if (scaleColumns == 1)
        {
            Sse.Prefetch0((byte*)scales + ReadAhead + PrepackedLayout.ChunkBytes);
            (left * Vector512.Load(scales)).Store(folded);
            (right * Vector512.Load(scales + Vector512<float>.Count)).Store(folded + Vector512<float>.Count);
            scales += PrepackedLayout.ChunkColumns;
            return;
        }

        (left * Vector512.Create(Vector256.Create(scales[0]), Vector256.Create(scales[1]))).Store(folded);
        (right * Vector512.Create(Vector256.Create(scales[2]), Vector256.Create(scales[3]))).Store(folded + Vector512<float>.Count);
        scales += Block8Layout.ChunkGroups;
    }

    // Entry n takes input j with plus when bit j of n is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Table(float* x, Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth)
    {
        var sum = first * Vector512.Create(x[0]);
        sum = Vector512.FusedMultiplyAdd(second, Vector512.Create(x[1]), sum);
        sum = Vector512.FusedMultiplyAdd(third, Vector512.Create(x[2]), sum);
        return Vector512.FusedMultiplyAdd(fourth, Vector512.Create(x[3]), sum);
    }

    // The permutation takes the low four bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LookUp(Vector512<float> table, Vector512<uint> index) => Avx512F.PermuteVar16x32(table, index.AsInt32());
}
