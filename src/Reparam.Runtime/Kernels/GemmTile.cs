using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>The inner loop of a matrix product: a tile of 6 rows and two vectors of columns, or four wide ones, kept in registers.</summary>
internal static unsafe class GemmTile
{
    public const int Rows = 6;

    /// <summary>Columns of a strip of the right factor.</summary>
    public static int Columns => GemmTileWide.IsSupported ? GemmTileWide.Columns : 2 * Vector<float>.Count;

    /// <summary>c = or += a·b for one tile.</summary>
    /// <param name="k">Depth.</param>
    /// <param name="a">[k, 6].</param>
    /// <param name="b">[k, columns].</param>
    /// <param name="c">First element of the tile in the result.</param>
    /// <param name="cRow">Row stride of the result.</param>
    /// <param name="rows">Rows of the tile that exist.</param>
    /// <param name="columns">Columns of the tile that exist.</param>
    /// <param name="overwrite">Whether the result is set rather than added to.</param>
    public static void Multiply(int k, float* a, float* b, float* c, int cRow, int rows, int columns, bool overwrite)
    {
        if (GemmTileWide.IsSupported)
        {
            GemmTileWide.Multiply(k, a, b, c, cRow, rows, columns, overwrite);
            return;
        }

        var width = Vector<float>.Count;
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (var p = 0; p < k; p++)
        {
            var b0 = Vector.Load(b);
            var b1 = Vector.Load(b + width);
            var a0 = new Vector<float>(a[0]);
            c00 = Vector.MultiplyAddEstimate(a0, b0, c00);
            c01 = Vector.MultiplyAddEstimate(a0, b1, c01);
            var a1 = new Vector<float>(a[1]);
            c10 = Vector.MultiplyAddEstimate(a1, b0, c10);
            c11 = Vector.MultiplyAddEstimate(a1, b1, c11);
            var a2 = new Vector<float>(a[2]);
            c20 = Vector.MultiplyAddEstimate(a2, b0, c20);
            c21 = Vector.MultiplyAddEstimate(a2, b1, c21);
            var a3 = new Vector<float>(a[3]);
            c30 = Vector.MultiplyAddEstimate(a3, b0, c30);
            c31 = Vector.MultiplyAddEstimate(a3, b1, c31);
            var a4 = new Vector<float>(a[4]);
            c40 = Vector.MultiplyAddEstimate(a4, b0, c40);
            c41 = Vector.MultiplyAddEstimate(a4, b1, c41);
            var a5 = new Vector<float>(a[5]);
            c50 = Vector.MultiplyAddEstimate(a5, b0, c50);
            c51 = Vector.MultiplyAddEstimate(a5, b1, c51);
            a += Rows;
            b += 2 * width;
        }

        if (rows == Rows && columns == 2 * width)
        {
            Store(c, c00, c01, overwrite);
            Store(c + cRow, c10, c11, overwrite);
            Store(c + 2L * cRow, c20, c21, overwrite);
            Store(c + 3L * cRow, c30, c31, overwrite);
            Store(c + 4L * cRow, c40, c41, overwrite);
            Store(c + 5L * cRow, c50, c51, overwrite);
            return;
        }

        var tile = stackalloc float[Rows * 2 * width];
        Store(tile, c00, c01, true);
        Store(tile + 2 * width, c10, c11, true);
        Store(tile + 4 * width, c20, c21, true);
        Store(tile + 6 * width, c30, c31, true);
        Store(tile + 8 * width, c40, c41, true);
        Store(tile + 10 * width, c50, c51, true);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var value = tile[i * 2 * width + j];
                c[(long)i * cRow + j] = overwrite ? value : c[(long)i * cRow + j] + value;
            }
        }
    }

    private static void Store(float* c, Vector<float> low, Vector<float> high, bool overwrite)
    {
        var width = Vector<float>.Count;
        if (!overwrite)
        {
            low += Vector.Load(c);
            high += Vector.Load(c + width);
        }

        low.Store(c);
        high.Store(c + width);
    }
}
