using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Prepacked weights of rows that share their scales (<see cref="ColumnFormat"/>, <see cref="Block8Format"/>): signs alone, plane after plane as if they
/// were columns of one plane. The scales are in the tables.
/// </summary>
internal sealed unsafe class PrepackedSigns : PrepackedWeights
{
    private readonly PreScaledTables tables;

    /// <summary>Repacks neighbouring rows of one row block, or takes the prepacked form from a file.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>.</param>
    /// <param name="stored">Prepacked weights of these rows from a file; null for none.</param>
    public PrepackedSigns(BinaryCodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision, StoredPrepack? stored = null)
        : this(matrix, first, LayoutOf(matrix, rows, path), path, precision, stored)
    {
    }

    private PrepackedSigns(BinaryCodedMatrix matrix, int first, PrepackedLayout layout, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
        : base(
            layout.Rows, matrix.Columns, matrix.ScaleExponent, layout.BlockBytes, layout.Blocks * layout.BlockBytes,
            stored?.Fitting(KeyOf(layout), layout.Blocks * layout.BlockBytes))
    {
        Layout = layout;
        tables = new PreScaledTables(matrix, first / matrix.BlockRows, layout, precision);
        Kernel = KernelTable.Find(path, precision, layout);
        InterleavedBlocks = KernelTable.InterleavedBlocks(path, precision);
        if (!IsPrepacked)
        {
            Parallel.For(0, Blocks, block => WriteBlock(matrix, first, block));
        }
    }

    public PrepackedLayout Layout { get; }

    public override TablePlan Tables => tables;

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override bool Resumes => true;

    public override int InterleavedBlocks { get; }

    public override string Key => KeyOf(Layout);

    /// <summary>Bytes of the prepacked weights and of the scales.</summary>
    public long PrepackedBytes => Bytes + tables.Bytes;

    /// <summary>Whether rows of a matrix share their scales in numbers that outweigh making tables for them alone. Says the same of all rows.</summary>
    public static bool Fits(BinaryCodedMatrix matrix) =>
        matrix.Format is not RowFormat
            && Math.Min(matrix.BlockRows, matrix.Rows) >= (matrix.BlockRows >= matrix.Rows ? PrepackedLayout.BlockRows : 4 * PrepackedLayout.BlockRows);

    public override void Fill(ref KernelArguments arguments)
    {
        arguments.Segments = Layout.Segments;
        arguments.Bits = 1;
        arguments.FloatScales = Layout.FloatScales;
    }

    /// <summary>Writes the decoded row by the definition of <see cref="BinaryCodedMatrix.DecodeRow"/>.</summary>
    public override void DecodeRow(int row, Span<float> destination)
    {
        destination.Clear();
        var (block, lane) = Math.DivRem(row, PrepackedLayout.BlockRows);
        for (var plane = 0; plane < Layout.Groups; plane++)
        {
            for (var column = 0; column < Columns; column += PrepackedLayout.ChunkColumns)
            {
                var chunk = (plane * Layout.PaddedGroupSize + column) / PrepackedLayout.ChunkColumns;
                var word = ChunkCodes.Read(new ReadOnlySpan<byte>(Chunk(block, chunk), PrepackedLayout.ChunkBytes), lane, Layout.RowsInDwords);
                for (var k = column; k < Math.Min(Columns, column + PrepackedLayout.ChunkColumns); k++, word >>= 1)
                {
                    var scale = tables.ScaleOf(plane, k);
                    destination[k] += (word & 1) != 0 ? scale : -scale;
                }
            }
        }

        foreach (ref var weight in destination)
        {
            weight = MathF.ScaleB(weight, ScaleExponent);
        }

        GC.KeepAlive(this);
    }

    // Columns are rounded up to chunks, so that a plane's words are those of the file.
    private static PrepackedLayout LayoutOf(BinaryCodedMatrix matrix, int rows, KernelPath path)
    {
        var columns = matrix.WordsPerRow * PrepackedLayout.ChunkColumns;
        return new PrepackedLayout(rows, checked(matrix.Bits * columns), 1, columns, path == KernelPath.Avx512, floatScales: false);
    }

    private static string KeyOf(PrepackedLayout layout) => "folded/" + layout.Key;

    private byte* Chunk(int block, int chunk) =>
        Start + (block * BlockBytes) + Layout.UnitOffset(chunk / Layout.Chunks, 0) + (chunk % Layout.Chunks * PrepackedLayout.ChunkBytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteBlock(BinaryCodedMatrix matrix, int first, int block)
    {
        var row = first + (block * PrepackedLayout.BlockRows);
        var rows = Math.Min(PrepackedLayout.BlockRows, first + Rows - row);
        var words = stackalloc uint[PrepackedLayout.BlockRows];
        new Span<uint>(words, PrepackedLayout.BlockRows).Clear();
        for (var plane = 0; plane < Layout.Groups; plane++)
        {
            var codes = matrix.Codes.Span.Slice(((plane * matrix.Rows) + row) * matrix.WordsPerRow, rows * matrix.WordsPerRow);
            for (var word = 0; word < matrix.WordsPerRow; word++)
            {
                for (var lane = 0; lane < rows; lane++)
                {
                    words[lane] = codes[(lane * matrix.WordsPerRow) + word];
                }

                ChunkCodes.Write(words, Chunk(block, (plane * Layout.PaddedGroupSize / PrepackedLayout.ChunkColumns) + word), Layout.RowsInDwords);
            }
        }

        for (var segment = 0; segment < Layout.Segments; segment++)
        {
            new Span<Half>(Chunk(block, segment * Layout.Chunks) + (Layout.Chunks * PrepackedLayout.ChunkBytes), PrepackedLayout.BlockRows).Fill(Half.One);
        }
    }
}
