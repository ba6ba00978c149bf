using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// A matrix whose products are computed from decoded tiles of eight rows, in single precision: each tile is multiplied with all input rows of a pass while
/// it is in the first cache. The inputs are not rounded, whatever the precision that is asked for.
/// </summary>
internal sealed unsafe class TileMatrix<T> : KernelMatrix
    where T : unmanaged, ILanes<T>
{
    private readonly RowDecoder decoder;

    public TileMatrix(CodedMatrix matrix, int rows, KernelPath path, RowDecoder decoder)
        : base(matrix, rows)
    {
        Path = path;
        this.decoder = decoder;
    }

    public override long PrepackedBytes => decoder.Bytes;

    public override KernelPath Path { get; }

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool) =>
        TileMatrixProduct<T>.Current.Multiply(decoder, Rows, Columns, x, batch, store, firstRow, pool);

    protected override void DecodeRowCore(int row, Span<float> destination) => decoder.DecodeRow(row, destination);
}
