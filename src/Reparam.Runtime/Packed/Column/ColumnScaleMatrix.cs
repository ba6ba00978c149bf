using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A matrix in the layout column or block8 whose row blocks are too small for tables in memory: pieces of a row block make their tables in registers, with
/// AVX-512; many input rows meet decoded tiles. Inputs are not rounded, whatever the precision.
/// </summary>
internal sealed unsafe class ColumnScaleMatrix : KernelMatrix
{
    /// <summary>Maximum number of rows of a piece: further ones would gain little by sharing the tables, and threads share the pieces.</summary>
    public const int PieceRows = 128;

    // With fewer rows most lanes would be empty, and a tile serves many input rows better; more rows share tables in memory, which take two thirds of the
    // operations.
    private const int MinRows = PrepackedLayout.BlockRows;
    private const int MaxRows = 512;

    private readonly LineMemory codes;
    private readonly LineMemory scales;
    private readonly ColumnScalePiece[] pieces;

    /// <summary>Prepacks some neighbouring rows.</summary>
    /// <param name="matrix">A matrix that <see cref="Fits"/>.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public ColumnScaleMatrix(BinaryCodedMatrix matrix, int first, int rows)
        : base(matrix, rows)
    {
        ScaleRange.RequireFinite(matrix);
        ScaleExponent = matrix.ScaleExponent;
        pieces = [.. Cut(matrix, first, rows)];
        var planeScales = PaddedColumns / matrix.BlockColumns * matrix.Bits;
        var chunkBytes = (long)matrix.Bits * matrix.WordsPerRow * PrepackedLayout.ChunkBytes;
        codes = PrepackedArena.Take(pieces.Sum(piece => piece.Units * chunkBytes));
        scales = PrepackedArena.Take((long)pieces.Length * planeScales * sizeof(float));
        var code = codes.Start;
        var scale = (float*)scales.Start;
        for (var i = 0; i < pieces.Length; i++)
        {
            pieces[i].Codes = code;
            pieces[i].Scales = scale;
            code += pieces[i].Units * chunkBytes;
            scale += planeScales;
        }

        Parallel.For(0, pieces.Length, i => Write(matrix, first, in pieces[i]));
    }

    /// <summary>e: every weight is multiplied by 2^e.</summary>
    public int ScaleExponent { get; }

    /// <summary>Floats of an input row, whole chunks.</summary>
    public int PaddedColumns => PrepackedLayout.DivideUp(Columns, PrepackedLayout.ChunkColumns) * PrepackedLayout.ChunkColumns;

    public ReadOnlySpan<ColumnScalePiece> Pieces => pieces;

    public override long PrepackedBytes => codes.Bytes + scales.Bytes;

    public override KernelPath Path => KernelPath.Avx512;

    /// <summary>Whether a matrix is best multiplied in this way. Says the same of all rows.</summary>
    public static bool Fits(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision) =>
        path == KernelPath.Avx512 && Avx512F.IsSupported && matrix.Format is not RowFormat && Math.Min(matrix.BlockRows, matrix.Rows) >= MinRows
        && (matrix.BlockRows < MaxRows || precision == KernelPrecision.Exact);

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        if (batch >= ColumnTileProduct.MinInputs)
        {
            ColumnTileProduct.Current.Multiply(this, x, batch, store, firstRow, pool);
        }
        else
        {
            ColumnScaleProduct.Current.Multiply(this, x, batch, store, firstRow, pool);
        }
    }

    protected override void DecodeRowCore(int row, Span<float> destination)
    {
        var piece = pieces[0];
        for (var i = 0; row >= piece.Row + piece.Rows; i++)
        {
            piece = pieces[i];
        }

        destination.Clear();
        var lane = row - piece.Row;
        for (var plane = 0; plane < piece.Bits; plane++)
        {
            for (var k = 0; k < Columns; k++)
            {
                var chunk = (plane * piece.Chunks) + (k / PrepackedLayout.ChunkColumns);
                var word = ((uint*)piece.Codes)[(chunk * piece.Units * PrepackedLayout.BlockRows) + lane];
                var scale = piece.Scales[((plane * PaddedColumns) + k) / piece.ScaleColumns];
                destination[k] += ((word >> (k % PrepackedLayout.ChunkColumns)) & 1) != 0 ? scale : -scale;
            }
        }

        foreach (ref var weight in destination)
        {
            weight = MathF.ScaleB(weight, ScaleExponent);
        }

        GC.KeepAlive(this);
    }

    // Row blocks, the large ones in several pieces; places are not known yet.
    private static IEnumerable<ColumnScalePiece> Cut(BinaryCodedMatrix matrix, int first, int rows)
    {
        for (int row = first, next; row < first + rows; row = next)
        {
            var end = Math.Min(first + rows, ((row / matrix.BlockRows) + 1L) * matrix.BlockRows);
            next = (int)Math.Min(end, row + PieceRows);
            yield return new ColumnScalePiece
            {
                Row = row - first,
                Rows = next - row,
                Bits = matrix.Bits,
                Chunks = matrix.WordsPerRow,
                ScaleColumns = matrix.BlockColumns,
            };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(BinaryCodedMatrix matrix, int first, in ColumnScalePiece piece)
    {
        var row = first + piece.Row;
        for (var plane = 0; plane < piece.Bits; plane++)
        {
            var source = matrix.Codes.Span.Slice(((plane * matrix.Rows) + row) * piece.Chunks, piece.Rows * piece.Chunks);
            for (var chunk = 0; chunk < piece.Chunks; chunk++)
            {
                var words = (uint*)piece.Codes + (((plane * piece.Chunks) + chunk) * piece.Units * PrepackedLayout.BlockRows);
                for (var lane = 0; lane < piece.Rows; lane++)
                {
                    words[lane] = source[(lane * piece.Chunks) + chunk];
                }
            }

            var place = piece.Scales + (plane * PaddedColumns / piece.ScaleColumns);
            for (var block = 0; block < matrix.ColumnBlocks; block++)
            {
                place[block] = matrix.Scale(row / matrix.BlockRows, block, plane);
            }
        }
    }
}
