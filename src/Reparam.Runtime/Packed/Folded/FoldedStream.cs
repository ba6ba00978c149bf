using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The stream of rows that share their scales (<see cref="PackedLayout.Column"/>, <see cref="PackedLayout.Block8"/>): signs alone, plane after plane as if they were columns of
/// one plane. The scales are in the tables.
/// </summary>
internal sealed unsafe class FoldedStream : RunningStream
{
    private readonly FoldedTables tables;

    /// <summary>Repacks neighbouring rows of one row block, or takes their stream from a file.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>.</param>
    /// <param name="stored">The stream of these rows from a file; null for none.</param>
    public FoldedStream(BinaryCodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision, StoredStream? stored = null)
        : this(matrix, first, LayoutOf(matrix, rows, path), path, precision, stored)
    {
    }

    private FoldedStream(BinaryCodedMatrix matrix, int first, StreamLayout layout, KernelPath path, KernelPrecision precision, StoredStream? stored)
        : base(
            layout.Rows, matrix.Columns, matrix.ScaleExponent, layout.BlockBytes, layout.Blocks * layout.BlockBytes,
            stored?.Fitting(KeyOf(layout), layout.Blocks * layout.BlockBytes))
    {
        Layout = layout;
        tables = new FoldedTables(matrix, first / matrix.BlockRows, layout, precision);
        Kernel = KernelTable.Find(path, precision, layout);
        BlocksInTurn = KernelTable.BlocksInTurn(path, precision);
        if (!IsPrepacked)
        {
            Parallel.For(0, Blocks, block => WriteBlock(matrix, first, block));
        }
    }

    public StreamLayout Layout { get; }

    public override TablePlan Tables => tables;

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override bool Resumes => true;

    public override int BlocksInTurn { get; }

    public override string Key => KeyOf(Layout);

    /// <summary>Bytes of the stream and of the scales.</summary>
    public long RunningBytes => Bytes + tables.Bytes;

    /// <summary>Whether rows of a matrix share their scales in numbers that outweigh making tables for them alone. Says the same of all rows.</summary>
    public static bool Fits(BinaryCodedMatrix matrix) =>
        matrix.Layout != PackedLayout.Row && Math.Min(matrix.BlockRows, matrix.Rows) >= (matrix.BlockRows >= matrix.Rows ? StreamLayout.BlockRows : 4 * StreamLayout.BlockRows);

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
        var (block, lane) = Math.DivRem(row, StreamLayout.BlockRows);
        for (var plane = 0; plane < Layout.Groups; plane++)
        {
            for (var column = 0; column < Columns; column += StreamLayout.ChunkColumns)
            {
                var chunk = (plane * Layout.PaddedGroupSize + column) / StreamLayout.ChunkColumns;
                var word = ChunkCodes.Read(new ReadOnlySpan<byte>(Chunk(block, chunk), StreamLayout.ChunkBytes), lane, Layout.RowsInDwords);
                for (var k = column; k < Math.Min(Columns, column + StreamLayout.ChunkColumns); k++, word >>= 1)
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
    private static StreamLayout LayoutOf(BinaryCodedMatrix matrix, int rows, KernelPath path)
    {
        var columns = matrix.WordsPerRow * StreamLayout.ChunkColumns;
        return new StreamLayout(rows, checked(matrix.Bits * columns), 1, columns, path == KernelPath.Avx512, floatScales: false);
    }

    private static string KeyOf(StreamLayout layout) => "folded/" + layout.Key;

    private byte* Chunk(int block, int chunk) =>
        Start + (block * BlockBytes) + Layout.UnitOffset(chunk / Layout.Chunks, 0) + (chunk % Layout.Chunks * StreamLayout.ChunkBytes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteBlock(BinaryCodedMatrix matrix, int first, int block)
    {
        var row = first + (block * StreamLayout.BlockRows);
        var rows = Math.Min(StreamLayout.BlockRows, first + Rows - row);
        var words = stackalloc uint[StreamLayout.BlockRows];
        new Span<uint>(words, StreamLayout.BlockRows).Clear();
        for (var plane = 0; plane < Layout.Groups; plane++)
        {
            var codes = matrix.Codes.Span.Slice(((plane * matrix.Rows) + row) * matrix.WordsPerRow, rows * matrix.WordsPerRow);
            for (var word = 0; word < matrix.WordsPerRow; word++)
            {
                for (var lane = 0; lane < rows; lane++)
                {
                    words[lane] = codes[(lane * matrix.WordsPerRow) + word];
                }

                ChunkCodes.Write(words, Chunk(block, (plane * Layout.PaddedGroupSize / StreamLayout.ChunkColumns) + word), Layout.RowsInDwords);
            }
        }

        for (var segment = 0; segment < Layout.Segments; segment++)
        {
            new Span<Half>(Chunk(block, segment * Layout.Chunks) + (Layout.Chunks * StreamLayout.ChunkBytes), StreamLayout.BlockRows).Fill(Half.One);
        }
    }
}
