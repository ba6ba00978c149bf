using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A product of decoded tiles: the inputs of a pass and the job that other threads help with. One for each calling thread, kept for its lifetime, so that a warm
/// call allocates nothing.
/// </summary>
internal sealed unsafe class DecodedProduct<T> : ParallelJob
    where T : unmanaged, ILanes<T>
{
    /// <summary>Most input rows of a pass: a tile is decoded once for all of them.</summary>
    public const int MaxInputs = 32;

    /// <summary>Exponent of the largest input and of the largest weight in the sums, far from both ends of the range of floats.</summary>
    private const int Exponent = 40;

    // Below this many multiplications one thread is as fast as waking another.
    private const long WorkForThreads = 1 << 20;

    [ThreadStatic]
    private static DecodedProduct<T>? current;

    // The tile and the sums of whatever thread runs a piece: aligned, because a register that lies across two cache lines costs twice.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    private readonly ProductFactor[] factors = new ProductFactor[MaxInputs];
    private AlignedMemory inputMemory = new(0);

    private RowDecoder? decoder;
    private float* x;
    private ProductStore store;
    private float weightFactor;
    private int weightShift;
    private int inputs;
    private int rows;
    private int columns;
    private int stride;
    private int tilesPerPiece;

    /// <summary>The calling thread's product.</summary>
    public static DecodedProduct<T> Current => current ??= new DecodedProduct<T>();

    /// <summary>Computes y = act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(
        RowDecoder weights, int matrixRows, int matrixColumns, ReadOnlySpan<float> input, Span<float> y, int batch, in Epilogue epilogue, WorkerPool pool)
    {
        (decoder, rows, columns) = (weights, matrixRows, matrixColumns);
        stride = checked((columns + 63) / 64 * 64);
        weightShift = weights.Bound > 0 ? Math.Clamp(Exponent - MathF.ILogB(weights.Bound), -126, 126) : 0;
        weightFactor = MathF.ScaleB(1, weightShift);
        Reserve(Math.Min(batch, MaxInputs));
        fixed (float* output = y, bias = epilogue.Bias, gate = epilogue.Gate, residual = epilogue.Residual)
        {
            var whole = new ProductStore { Output = output, Bias = bias, Gate = gate, Residual = residual, Activation = epilogue.Activation, Rows = rows };
            for (var start = 0; start < batch; start += MaxInputs)
            {
                inputs = Math.Min(MaxInputs, batch - start);
                for (var i = 0; i < inputs; i++)
                {
                    Take(input.Slice((start + i) * columns, columns), i);
                }

                store = whole.From(start);
                var tiles = StreamLayout.DivideUp(rows, RowDecoder.TileRows);
                if ((long)rows * columns * (1 + inputs) < WorkForThreads)
                {
                    tilesPerPiece = tiles;
                    Run(0);
                }
                else
                {
                    tilesPerPiece = Math.Max(1, tiles / (pool.Threads * 8));
                    Reset(StreamLayout.DivideUp(tiles, tilesPerPiece));
                    pool.Run(this);
                }
            }
        }

        decoder = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int piece)
    {
        scratch ??= new AlignedMemory(sizeof(float) * ((RowDecoder.TileRows * RowDecoder.TileColumns) + (MaxInputs * RowDecoder.TileRows * T.Count) + RowDecoder.TileRows));
        var tile = (float*)scratch.Start;
        var sums = tile + (RowDecoder.TileRows * RowDecoder.TileColumns);
        var units = sums + (MaxInputs * RowDecoder.TileRows * T.Count);
        var end = Math.Min(rows, (piece + 1) * tilesPerPiece * RowDecoder.TileRows);
        for (var row = piece * tilesPerPiece * RowDecoder.TileRows; row < end; row += RowDecoder.TileRows)
        {
            var count = Math.Min(RowDecoder.TileRows, rows - row);
            new Span<float>(sums, inputs * RowDecoder.TileRows * T.Count).Clear();
            if (inputs == 1 && decoder!.IsFused)
            {
                decoder.MultiplyAdd(row, count, columns, weightFactor, x, sums);
            }
            else
            {
                for (var column = 0; column < columns; column += RowDecoder.TileColumns)
                {
                    var width = Math.Min(RowDecoder.TileColumns, columns - column);
                    decoder!.Decode(row, count, column, width, weightFactor, tile, units);
                    TileProduct<T>.Add(tile, units, x + column, stride, inputs, width, sums);
                }
            }

            Store(sums, row, count);
        }
    }

    private void Store(float* sums, int row, int count)
    {
        var totals = stackalloc float[ProductStore.Lanes];
        for (var i = 0; i < inputs; i++)
        {
            for (var r = 0; r < count; r++)
            {
                totals[r] = T.Sum(T.Load(sums + (((i * RowDecoder.TileRows) + r) * T.Count)));
            }

            store.Store(totals, factors[i], i, row, count);
        }
    }

    private void Reserve(int passInputs)
    {
        var bytes = sizeof(float) * (long)passInputs * stride;
        if (inputMemory.Bytes < bytes)
        {
            inputMemory = new AlignedMemory(bytes);
        }

        x = (float*)inputMemory.Start;
    }

    private void Take(ReadOnlySpan<float> row, int i)
    {
        var place = new Span<float>(x + ((nint)i * stride), stride);
        if (InputRange.Shift(row, Exponent, out var poisoned) is { } shift)
        {
            InputRange.Scale(row, shift, place);
            place[columns..].Clear();
            factors[i] = new ProductFactor(false, (long)decoder!.ScaleExponent - weightShift - shift);
        }
        else
        {
            place.Clear();
            factors[i] = new ProductFactor(poisoned, 0);
        }
    }
}
