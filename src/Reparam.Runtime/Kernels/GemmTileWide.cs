using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// The tile of <see cref="GemmTile"/> on processors with 32 registers of 512 bits: 6 rows and up to four vectors of columns. Each element sums its products in
/// the same order, so widths of vectors change no bit where both multiply and add at once.
/// </summary>
internal static unsafe class GemmTileWide
{
    /// <summary>Columns of a strip of the right factor.</summary>
    public const int Columns = 4 * Width;

    private const int Width = 16;

    /// <summary>Whether this processor has such vectors.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>Parameters as those of <see cref="GemmTile.Multiply"/>.</summary>
    public static void Multiply(int k, float* a, float* b, float* c, int cRow, int rows, int columns, bool overwrite)
    {
        if (rows == GemmTile.Rows && columns % Width == 0)
        {
            Multiply(k, a, b, c, cRow, columns, overwrite);
            return;
        }

        var tile = stackalloc float[GemmTile.Rows * Columns];
        Multiply(k, a, b, tile, Columns, columns, overwrite: true);
        for (var i = 0; i < rows; i++)
        {
            float* from = tile + (i * Columns), to = c + ((long)i * cRow);
            for (var j = 0; j < columns; j++)
            {
                to[j] = overwrite ? from[j] : to[j] + from[j];
            }
        }
    }

    private static void Multiply(int k, float* a, float* b, float* c, int cRow, int columns, bool overwrite)
    {
        switch ((columns + Width - 1) / Width)
        {
            case 1:
                Multiply1(k, a, b, c, cRow, overwrite);
                break;
            case 2:
                Multiply2(k, a, b, c, cRow, overwrite);
                break;
            case 3:
                Multiply3(k, a, b, c, cRow, overwrite);
                break;
            default:
                Multiply4(k, a, b, c, cRow, overwrite);
                break;
        }
    }

    // One vector of columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1(int k, float* a, float* b, float* c, int cRow, bool overwrite)
    {
        Vector512<float> c00 = default;
        Vector512<float> c10 = default;
        Vector512<float> c20 = default;
        Vector512<float> c30 = default;
        Vector512<float> c40 = default;
        Vector512<float> c50 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector512.Load(b);
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            a += GemmTile.Rows;
            b += Columns;
        }

        Store(c, c00, overwrite);
        Store(c + cRow, c10, overwrite);
        Store(c + (2L * cRow), c20, overwrite);
        Store(c + (3L * cRow), c30, overwrite);
        Store(c + (4L * cRow), c40, overwrite);
        Store(c + (5L * cRow), c50, overwrite);
    }

    // Two vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply2(int k, float* a, float* b, float* c, int cRow, bool overwrite)
    {
        Vector512<float> c00 = default, c01 = default;
        Vector512<float> c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default;
        Vector512<float> c50 = default, c51 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + Width);
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            a += GemmTile.Rows;
            b += Columns;
        }

        Store(c, c00, overwrite);
        Store(c + Width, c01, overwrite);
        Store(c + cRow, c10, overwrite);
        Store(c + cRow + Width, c11, overwrite);
        Store(c + (2L * cRow), c20, overwrite);
        Store(c + (2L * cRow) + Width, c21, overwrite);
        Store(c + (3L * cRow), c30, overwrite);
        Store(c + (3L * cRow) + Width, c31, overwrite);
        Store(c + (4L * cRow), c40, overwrite);
        Store(c + (4L * cRow) + Width, c41, overwrite);
        Store(c + (5L * cRow), c50, overwrite);
        Store(c + (5L * cRow) + Width, c51, overwrite);
    }

    // Three vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply3(int k, float* a, float* b, float* c, int cRow, bool overwrite)
    {
        Vector512<float> c00 = default, c01 = default, c02 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + Width);
            var b2 = Vector512.Load(b + (2 * Width));
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(a0, b2, c02);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(a1, b2, c12);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(a2, b2, c22);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(a3, b2, c32);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            c42 = Vector512.FusedMultiplyAdd(a4, b2, c42);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            c52 = Vector512.FusedMultiplyAdd(a5, b2, c52);
            a += GemmTile.Rows;
            b += Columns;
        }

        Store(c, c00, overwrite);
        Store(c + Width, c01, overwrite);
        Store(c + (2 * Width), c02, overwrite);
        Store(c + cRow, c10, overwrite);
        Store(c + cRow + Width, c11, overwrite);
        Store(c + cRow + (2 * Width), c12, overwrite);
        Store(c + (2L * cRow), c20, overwrite);
        Store(c + (2L * cRow) + Width, c21, overwrite);
        Store(c + (2L * cRow) + (2 * Width), c22, overwrite);
        Store(c + (3L * cRow), c30, overwrite);
        Store(c + (3L * cRow) + Width, c31, overwrite);
        Store(c + (3L * cRow) + (2 * Width), c32, overwrite);
        Store(c + (4L * cRow), c40, overwrite);
        Store(c + (4L * cRow) + Width, c41, overwrite);
        Store(c + (4L * cRow) + (2 * Width), c42, overwrite);
        Store(c + (5L * cRow), c50, overwrite);
        Store(c + (5L * cRow) + Width, c51, overwrite);
        Store(c + (5L * cRow) + (2 * Width), c52, overwrite);
    }

    // Four vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply4(int k, float* a, float* b, float* c, int cRow, bool overwrite)
    {
        Vector512<float> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default, c33 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default, c43 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default, c53 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + Width);
            var b2 = Vector512.Load(b + (2 * Width));
            var b3 = Vector512.Load(b + (3 * Width));
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(a0, b2, c02);
            c03 = Vector512.FusedMultiplyAdd(a0, b3, c03);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(a1, b2, c12);
            c13 = Vector512.FusedMultiplyAdd(a1, b3, c13);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(a2, b2, c22);
            c23 = Vector512.FusedMultiplyAdd(a2, b3, c23);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(a3, b2, c32);
            c33 = Vector512.FusedMultiplyAdd(a3, b3, c33);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            c42 = Vector512.FusedMultiplyAdd(a4, b2, c42);
            c43 = Vector512.FusedMultiplyAdd(a4, b3, c43);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            c52 = Vector512.FusedMultiplyAdd(a5, b2, c52);
            c53 = Vector512.FusedMultiplyAdd(a5, b3, c53);
            a += GemmTile.Rows;
            b += Columns;
        }

        Store(c, c00, overwrite);
        Store(c + Width, c01, overwrite);
        Store(c + (2 * Width), c02, overwrite);
        Store(c + (3 * Width), c03, overwrite);
        Store(c + cRow, c10, overwrite);
        Store(c + cRow + Width, c11, overwrite);
        Store(c + cRow + (2 * Width), c12, overwrite);
        Store(c + cRow + (3 * Width), c13, overwrite);
        Store(c + (2L * cRow), c20, overwrite);
        Store(c + (2L * cRow) + Width, c21, overwrite);
        Store(c + (2L * cRow) + (2 * Width), c22, overwrite);
        Store(c + (2L * cRow) + (3 * Width), c23, overwrite);
        Store(c + (3L * cRow), c30, overwrite);
        Store(c + (3L * cRow) + Width, c31, overwrite);
        Store(c + (3L * cRow) + (2 * Width), c32, overwrite);
        Store(c + (3L * cRow) + (3 * Width), c33, overwrite);
        Store(c + (4L * cRow), c40, overwrite);
        Store(c + (4L * cRow) + Width, c41, overwrite);
        Store(c + (4L * cRow) + (2 * Width), c42, overwrite);
        Store(c + (4L * cRow) + (3 * Width), c43, overwrite);
        Store(c + (5L * cRow), c50, overwrite);
        Store(c + (5L * cRow) + Width, c51, overwrite);
        Store(c + (5L * cRow) + (2 * Width), c52, overwrite);
        Store(c + (5L * cRow) + (3 * Width), c53, overwrite);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector512<float> sum, bool overwrite) => (overwrite ? sum : sum + Vector512.Load(c)).Store(c);
}
