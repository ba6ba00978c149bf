using System.Numerics.Tensors;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// A matrix whose products are computed from decoded tiles of eight rows, in single precision: each tile is multiplied with all input rows of a pass while it is in the
/// first cache. The inputs are not rounded, whatever the precision that is asked for.
/// </summary>
internal sealed unsafe class TileMatrix<T> : PackedMatrix
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

    private protected override void MultiplyCore(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool) =>
        TileMatrixProduct<T>.Current.Multiply(decoder, Rows, Columns, x, batch, store, firstRow, pool);

    private protected override void DecodeRowCore(int row, Span<float> destination)
    {
        var tile = stackalloc float[RowDecoder.TileColumns];
        for (var column = 0; column < Columns; column += RowDecoder.TileColumns)
        {
            var width = Math.Min(RowDecoder.TileColumns, Columns - column);
            float unit;
            decoder.Decode(row, 1, column, width, 1, tile, &unit);
            TensorPrimitives.Multiply(new ReadOnlySpan<float>(tile, width), unit, destination[column..]);
        }

        if (decoder.ScaleExponent is >= -126 and <= 127)
        {
            TensorPrimitives.Multiply(destination, MathF.ScaleB(1, decoder.ScaleExponent), destination);
            return;
        }

        foreach (ref var weight in destination)
        {
            weight = MathF.ScaleB(weight, decoder.ScaleExponent);
        }
    }
}
