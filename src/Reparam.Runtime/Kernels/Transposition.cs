using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Kernels;

/// <summary>Transposes rows that begin anywhere, eight by eight in registers.</summary>
internal static unsafe class Transposition
{
    private const int Side = 8;

    /// <summary>Element j of row i becomes element i of row j of the target.</summary>
    /// <param name="source">Row i begins at <c>source + offsets[i]</c>.</param>
    /// <param name="offsets">[rows].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="target">Its row j begins at <c>target + j·targetRow</c>.</param>
    /// <param name="targetRow">Distance of the target's rows.</param>
    /// <param name="hasSlack">Whether eight elements can be read behind every row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, int* offsets, int rows, int columns, float* target, nint targetRow, bool hasSlack)
    {
        if (!Avx.IsSupported || rows < Side || (columns < Side && !hasSlack))
        {
            Alone(source, offsets, rows, columns, target, targetRow);
            return;
        }

        if (columns < Side)
        {
            var tile = stackalloc float[Side * Side];
            for (var i = 0; i < rows; i += Side)
            {
                i = Math.Min(i, rows - Side);
                Tile(source, offsets + i, tile, Side);
                for (var j = 0; j < columns; j++)
                {
                    Vector256.Load(tile + (j * Side)).Store(target + (j * targetRow) + i);
                }
            }

            return;
        }

        // The last tiles reach back over what is already there.
        for (var j = 0; j < columns; j += Side)
        {
            j = Math.Min(j, columns - Side);
            for (var i = 0; i < rows; i += Side)
            {
                i = Math.Min(i, rows - Side);
                Tile(source + j, offsets + i, target + (j * targetRow) + i, targetRow);
            }
        }
    }

    private static void Alone(float* source, int* offsets, int rows, int columns, float* target, nint targetRow)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = source + offsets[i];
            for (var j = 0; j < columns; j++)
            {
                target[(j * targetRow) + i] = row[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(float* source, int* offsets, float* target, nint row)
    {
        var a = Vector256.Load(source + offsets[0]);
        var b = Vector256.Load(source + offsets[1]);
        var c = Vector256.Load(source + offsets[2]);
        var d = Vector256.Load(source + offsets[3]);
        var e = Vector256.Load(source + offsets[4]);
        var f = Vector256.Load(source + offsets[5]);
        var g = Vector256.Load(source + offsets[6]);
        var h = Vector256.Load(source + offsets[7]);

        // Pairs, then fours of rows, within the 128-bit halves.
        var ab = Avx.UnpackLow(a, b).AsDouble();
        var ab2 = Avx.UnpackHigh(a, b).AsDouble();
        var cd = Avx.UnpackLow(c, d).AsDouble();
        var cd2 = Avx.UnpackHigh(c, d).AsDouble();
        var ef = Avx.UnpackLow(e, f).AsDouble();
        var ef2 = Avx.UnpackHigh(e, f).AsDouble();
        var gh = Avx.UnpackLow(g, h).AsDouble();
        var gh2 = Avx.UnpackHigh(g, h).AsDouble();
        var (first, fifth) = Halves(Avx.UnpackLow(ab, cd), Avx.UnpackLow(ef, gh));
        var (second, sixth) = Halves(Avx.UnpackHigh(ab, cd), Avx.UnpackHigh(ef, gh));
        var (third, seventh) = Halves(Avx.UnpackLow(ab2, cd2), Avx.UnpackLow(ef2, gh2));
        var (fourth, eighth) = Halves(Avx.UnpackHigh(ab2, cd2), Avx.UnpackHigh(ef2, gh2));

        // From the first to the last: rows that overlap end as the later one has it.
        first.Store(target);
        second.Store(target + row);
        third.Store(target + (2 * row));
        fourth.Store(target + (3 * row));
        fifth.Store(target + (4 * row));
        sixth.Store(target + (5 * row));
        seventh.Store(target + (6 * row));
        eighth.Store(target + (7 * row));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Halves(Vector256<double> first, Vector256<double> second) =>
        (Avx.Permute2x128(first, second, 0x20).AsSingle(), Avx.Permute2x128(first, second, 0x31).AsSingle());
}
