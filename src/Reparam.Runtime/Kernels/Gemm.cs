using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Products of dense single-precision matrices with any strides: c = a·b. Both factors are packed into blocks that fit the caches, and a small
/// tile of c is kept in registers; fewer rows are done by dot products or scaled additions instead, where the memory order allows it. Large
/// products run on all threads.
/// </summary>
internal static unsafe class Gemm
{
    private const int FewRows = 4;

    // Below some fifty microseconds of work, waking a helper costs more than it brings.
    private const long ParallelProducts = 1 << 20;
    private const int DepthBlock = 256;
    private const int RowBlock = 16 * GemmTile.Rows;
    private const int ColumnBlock = 1024;

    // Floats that packing may write behind a block.
    private const int PackSlack = 8;

    /// <summary>c = a·b; c is overwritten.</summary>
    /// <param name="m">Rows of a and c.</param>
    /// <param name="n">Columns of b and c.</param>
    /// <param name="k">Columns of a, rows of b.</param>
    /// <param name="a">Element (i, p) at <c>i·aRow + p·aColumn</c>.</param>
    /// <param name="aRow">Row stride of a.</param>
    /// <param name="aColumn">Column stride of a.</param>
    /// <param name="b">Element (p, j) at <c>p·bRow + j·bColumn</c>.</param>
    /// <param name="bRow">Row stride of b.</param>
    /// <param name="bColumn">Column stride of b.</param>
    /// <param name="c">Element (i, j) at <c>i·cRow + j</c>.</param>
    /// <param name="cRow">Row stride of c.</param>
    public static void Multiply(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, int bColumn, float* c, int cRow)
    {
        if ((long)m * n * k >= ParallelProducts)
        {
            GemmJob.Run(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
        }
        else
        {
            MultiplyAlone(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
        }
    }

    /// <summary>The same on the calling thread.</summary>
    internal static void MultiplyAlone(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, int bColumn, float* c, int cRow)
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        if (k == 0)
        {
            Clear(m, n, c, cRow);
        }
        else if (m <= FewRows && aColumn == 1 && bRow == 1)
        {
            DotProducts(m, n, k, a, aRow, b, bColumn, c, cRow);
        }
        else if (aColumn == 1 && bRow == 1 && DotTile.Suits(m, n, k))
        {
            DotTile.Multiply(m, n, k, a, aRow, b, bColumn, c, cRow);
        }
        else if (m <= FewRows && bColumn == 1)
        {
            ScaledAdditions(m, n, k, a, aRow, aColumn, b, bRow, c, cRow);
        }
        else
        {
            Blocks(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
        }
    }

    private static void Clear(int m, int n, float* c, int cRow)
    {
        for (var i = 0; i < m; i++)
        {
            new Span<float>(c + (long)i * cRow, n).Clear();
        }
    }

    private static void DotProducts(int m, int n, int k, float* a, int aRow, float* b, int bColumn, float* c, int cRow)
    {
        for (var i = 0; i < m; i++)
        {
            DotRows.Multiply(a + (long)i * aRow, b, bColumn, n, k, 1, c + (long)i * cRow);
        }
    }

    private static void ScaledAdditions(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow)
    {
        for (var i = 0; i < m; i++)
        {
            var row = new Span<float>(c + (long)i * cRow, n);
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(b, n), a[(long)i * aRow], row);
            for (var p = 1; p < k; p++)
            {
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(b + (long)p * bRow, n), a[(long)i * aRow + p * aColumn], row, row);
            }
        }
    }

    private static void Blocks(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, int bColumn, float* c, int cRow)
    {
        var tileColumns = GemmTile.Columns;
        var depthBlock = Math.Min(k, DepthBlock);
        fixed (float* left = Scratch.Left((RowBlock * depthBlock) + PackSlack))
        fixed (float* right = Scratch.Right((Math.Min(n, ColumnBlock) + tileColumns) * depthBlock))
        {
            for (var column = 0; column < n; column += ColumnBlock)
            {
                var columns = Math.Min(ColumnBlock, n - column);
                for (var depth = 0; depth < k; depth += DepthBlock)
                {
                    var depths = Math.Min(DepthBlock, k - depth);
                    Pack(b + (long)depth * bRow + (long)column * bColumn, bColumn, bRow, columns, depths, tileColumns, right);
                    for (var row = 0; row < m; row += RowBlock)
                    {
                        var rows = Math.Min(RowBlock, m - row);
                        Pack(a + (long)row * aRow + (long)depth * aColumn, aRow, aColumn, rows, depths, GemmTile.Rows, left);
                        Tiles(rows, columns, depths, left, right, c + (long)row * cRow + column, cRow, depth == 0);
                    }
                }
            }
        }
    }

    private static void Tiles(int rows, int columns, int depths, float* left, float* right, float* c, int cRow, bool overwrite)
    {
        for (var j = 0; j < columns; j += GemmTile.Columns)
        {
            for (var i = 0; i < rows; i += GemmTile.Rows)
            {
                GemmTile.Multiply(
                    depths, left + (long)i * depths, right + (long)j * depths, c + (long)i * cRow + j, cRow,
                    Math.Min(GemmTile.Rows, rows - i), Math.Min(GemmTile.Columns, columns - j), overwrite);
            }
        }
    }

    /// <summary>
    /// Lays vectors out in strips of <paramref name="strip"/>: element p of each vector of a strip together; what fills the last strip is of no account.
    /// </summary>
    private static void Pack(float* source, int vectorStride, int elementStride, int vectors, int elements, int strip, float* packed)
    {
        for (var first = 0; first < vectors; first += strip)
        {
            var count = Math.Min(strip, vectors - first);
            var from = source + (long)first * vectorStride;
            if (vectorStride == 1)
            {
                for (var p = 0; p < elements; p++)
                {
                    var target = new Span<float>(packed + (long)p * strip, strip);
                    new ReadOnlySpan<float>(from + (long)p * elementStride, count).CopyTo(target);
                    target[count..].Clear();
                }
            }
            else if (elementStride == 1)
            {
                Transpose(from, vectorStride, count, elements, strip, packed);
            }
            else
            {
                for (var v = 0; v < strip; v++)
                {
                    for (var p = 0; p < elements; p++)
                    {
                        packed[(long)p * strip + v] = v < count ? from[(long)v * vectorStride + (long)p * elementStride] : 0;
                    }
                }
            }

            packed += (long)strip * elements;
        }
    }

    // [count, elements] to [elements, strip].
    private static void Transpose(float* source, int stride, int count, int elements, int strip, float* packed)
    {
        const int Side = 8;
        if (strip < Side && elements >= Side && Avx.IsSupported)
        {
            // Eight lanes a row: those behind the strip are overwritten by the next row, or lie in the slack of the buffer.
            var rows = stackalloc int[Side];
            for (var v = 0; v < Side; v++)
            {
                rows[v] = Math.Min(v, count - 1) * stride;
            }

            Transposition.Run(source, rows, Side, elements, packed, strip, hasSlack: false);
            return;
        }

        if (count < strip)
        {
            new Span<float>(packed, elements * strip).Clear();
        }

        var offsets = stackalloc int[count];
        for (var v = 0; v < count; v++)
        {
            offsets[v] = v * stride;
        }

        Transposition.Run(source, offsets, count, elements, packed, strip, hasSlack: false);
    }
}
