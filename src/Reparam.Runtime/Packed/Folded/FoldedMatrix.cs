using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>A matrix whose rows share their scales block by block: a stream for each row block, with tables of its own.</summary>
internal sealed class FoldedMatrix : PackedMatrix
{
    private readonly FoldedStream[] blocks;

    /// <summary>Brings some neighbouring rows into running form.</summary>
    /// <param name="matrix">A matrix that <see cref="FoldedStream.Fits"/>.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public FoldedMatrix(BinaryCodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision)
        : base(matrix, rows)
    {
        ScaleRange.RequireFinite(matrix);
        Path = path;
        var streams = new List<FoldedStream>();
        for (int row = first, next; row < first + rows; row = next)
        {
            next = (int)Math.Min(first + rows, ((row / matrix.BlockRows) + 1L) * matrix.BlockRows);
            streams.Add(new FoldedStream(matrix, row, next - row, path, precision));
        }

        blocks = [.. streams];
    }

    public override long RunningBytes => blocks.Sum(block => block.RunningBytes);

    public override KernelPath Path { get; }

    private protected override void MultiplyCore(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool) =>
        FoldedProduct.Current.Multiply(blocks, x, batch, store, firstRow, pool);

    private protected override void DecodeRowCore(int row, Span<float> destination)
    {
        var block = 0;
        for (; row >= blocks[block].Rows; block++)
        {
            row -= blocks[block].Rows;
        }

        blocks[block].DecodeRow(row, destination);
    }
}
