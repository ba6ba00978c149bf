using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>A matrix whose rows share their scales block by block: a prepacked part for each row block, with tables of its own.</summary>
internal sealed class PreScaledMatrix : KernelMatrix
{
    private readonly PrepackedSigns[] blocks;

    /// <summary>Prepacks some neighbouring rows.</summary>
    /// <param name="matrix">A matrix that <see cref="PrepackedSigns.Fits"/>.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public PreScaledMatrix(BinaryCodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision)
        : base(matrix, rows)
    {
        ScaleRange.RequireFinite(matrix);
        Path = path;
        var parts = new List<PrepackedSigns>();
        for (int row = first, next; row < first + rows; row = next)
        {
            next = (int)Math.Min(first + rows, ((row / matrix.BlockRows) + 1L) * matrix.BlockRows);
            parts.Add(new PrepackedSigns(matrix, row, next - row, path, precision));
        }

        blocks = [.. parts];
    }

    public override long PrepackedBytes => blocks.Sum(block => block.PrepackedBytes);

    public override KernelPath Path { get; }

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool) =>
        PreScaledProduct.Current.Multiply(blocks, x, batch, store, firstRow, pool);

    protected override void DecodeRowCore(int row, Span<float> destination)
    {
        var block = 0;
        for (; row >= blocks[block].Rows; block++)
        {
            row -= blocks[block].Rows;
        }

        blocks[block].DecodeRow(row, destination);
    }
}
