using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>Binary coding whose scales are shared along the rows: a block's scales are spread over its columns once for all rows of a tile.</summary>
internal sealed unsafe class BlockDecoder<TLanes> : RowDecoder
    where TLanes : unmanaged, ILanes<TLanes>
{
    private readonly PlaneCodes codes;
    private readonly float[] scales; // [row blocks, bits, column blocks]
    private readonly int first;
    private readonly int bits;
    private readonly int blockRows;
    private readonly int blockColumns;
    private readonly int columnBlocks;

    /// <summary>Repacks some neighbouring rows of a matrix in the column or block8 layout.</summary>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public BlockDecoder(BinaryCodedMatrix matrix, int first, int rows)
    {
        this.first = first;
        (bits, blockRows, blockColumns, columnBlocks) = (matrix.Bits, matrix.BlockRows, matrix.BlockColumns, matrix.ColumnBlocks);
        ScaleExponent = matrix.ScaleExponent;
        codes = new PlaneCodes(
            MemoryMarshal.AsBytes(matrix.Codes.Span).ToArray(), bits, matrix.Columns, matrix.Rows * matrix.WordsPerRow * 4, matrix.WordsPerRow * 4, first,
            rows);
        _ = ScaleRange.FitsHalf(matrix);
        scales = new float[matrix.RowBlocks * bits * columnBlocks];
        for (var row = 0; row < matrix.RowBlocks; row++)
        {
            for (var column = 0; column < columnBlocks; column++)
            {
                var sum = 0f;
                for (var bit = 0; bit < bits; bit++)
                {
                    var scale = matrix.Scale(row, column, bit);
                    scales[(((row * bits) + bit) * columnBlocks) + column] = scale;
                    sum += Math.Abs(scale);
                }

                Bound = Math.Max(Bound, sum);
            }
        }
    }

    public override int ScaleExponent { get; }

    public override float Bound { get; }

    public override long Bytes => codes.Bytes + (sizeof(float) * (long)scales.Length);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Decode(int row, int rows, int column, int columns, float factor, float* tile, float* units)
    {
        new Span<float>(units, rows).Fill(1);
        // A register more: the last block is spread by whole registers.
        var memory = stackalloc float[(PlanesMatrix.MaxBits * TileColumns) + 32];
        var spread = (float*)(((nuint)memory + 63) & ~(nuint)63);
        var end = row + rows;
        while (row < end)
        {
            // The rows of one block.
            var block = (first + row) / blockRows;
            var last = (int)Math.Min(end, ((block + 1L) * blockRows) - first);
            for (var bit = 0; bit < bits; bit++)
            {
                var start = (((block * bits) + bit) * columnBlocks) + (column / blockColumns);
                Spread(scales.AsSpan(start, ((columns - 1) / blockColumns) + 1), factor, spread + (bit * TileColumns));
            }

            for (; row < last; row++, tile += TileColumns)
            {
                DecodeRow(codes.Row(row, column / PlaneCodes.GroupColumns), columns, spread, tile);
            }
        }
    }

    // Scales of the tile's columns, times the factor, and zeros behind them.
    private void Spread(ReadOnlySpan<float> source, float factor, float* spread)
    {
        new Span<float>(spread + (source.Length * blockColumns), TileColumns - (source.Length * blockColumns)).Clear();
        if (blockColumns == 1)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(source, factor, new Span<float>(spread, source.Length));
            return;
        }

        foreach (var scale in source)
        {
            var value = TLanes.Create(scale * factor);
            for (var k = 0; k < 8; k += Math.Min(8, TLanes.Count))
            {
                value.Store(spread + k);
            }

            spread += 8;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void DecodeRow(byte* code, int columns, float* spread, float* weights)
    {
        if (codes.GroupsPerUnit == 2)
        {
            for (var k = 0; k < columns; k += 32, code += 16)
            {
                for (var lane = 0; lane < 16; lane += TLanes.Count)
                {
                    var value = TLanes.Widen(code + lane);
                    Decode(value, 0, spread + k + lane).Store(weights + k + lane);
                    Decode(value, 4, spread + k + 16 + lane).Store(weights + k + 16 + lane);
                }
            }

            return;
        }

        for (var k = 0; k < columns; k += 64, code += 16)
        {
            for (var lane = 0; lane < 16; lane += TLanes.Count)
            {
                var value = TLanes.Widen(code + lane);
                DecodeNarrow(value, 0, spread + k + lane).Store(weights + k + lane);
                DecodeNarrow(value, 2, spread + k + 16 + lane).Store(weights + k + 16 + lane);
                DecodeNarrow(value, 4, spread + k + 32 + lane).Store(weights + k + 32 + lane);
                DecodeNarrow(value, 6, spread + k + 48 + lane).Store(weights + k + 48 + lane);
            }
        }
    }

    // Three or four planes. The order of the sum is that of the format.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes Decode(TLanes code, int shift, float* spread)
    {
        var sum = TLanes.ChangeSign(TLanes.Load(spread), code, shift) + TLanes.ChangeSign(TLanes.Load(spread + TileColumns), code, shift + 1);
        sum += TLanes.ChangeSign(TLanes.Load(spread + (2 * TileColumns)), code, shift + 2);
        return bits == 3 ? sum : sum + TLanes.ChangeSign(TLanes.Load(spread + (3 * TileColumns)), code, shift + 3);
    }

    // One or two planes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes DecodeNarrow(TLanes code, int shift, float* spread)
    {
        var sum = TLanes.ChangeSign(TLanes.Load(spread), code, shift);
        return bits == 1 ? sum : sum + TLanes.ChangeSign(TLanes.Load(spread + TileColumns), code, shift + 1);
    }
}
