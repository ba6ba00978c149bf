using System.Buffers;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>A matrix of any backend whose inputs are rounded to the model's grid first.</summary>
internal sealed class InputGridMatrix : KernelMatrix
{
    private readonly PackedMatrix product;
    private readonly UniformInputs grid;

    /// <summary>Takes a matrix.</summary>
    /// <param name="matrix">The matrix as the packed file holds it.</param>
    /// <param name="product">Its rows, as a backend multiplies them.</param>
    /// <param name="grid">The grid of its inputs.</param>
    public InputGridMatrix(CodedMatrix matrix, PackedMatrix product, UniformInputs grid)
        : base(matrix, product.Rows)
    {
        (this.product, this.grid) = (product, grid);
    }

    public override long PrepackedBytes => product.PrepackedBytes;

    public override KernelPath Path => product.Path;

    public override ExecutionPlace Place => product.Place;

    internal override PackedMatrix WithoutInputGrid => product;

    public override double FurtherError(int row) => product.FurtherError(row);

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        var buffer = ArrayPool<float>.Shared.Rent(x.Length);
        var rounded = buffer.AsSpan(0, x.Length);
        for (var input = 0; input < batch; input++)
        {
            InputGrid.Apply(grid, x.Slice(input * Columns, Columns), rounded.Slice(input * Columns, Columns));
        }

        product.MultiplyInto(rounded, batch, store, firstRow, pool);
        ArrayPool<float>.Shared.Return(buffer);
    }

    protected override void DecodeRowCore(int row, Span<float> destination) => product.DecodeRow(row, destination);
}
