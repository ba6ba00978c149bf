using System.Runtime.CompilerServices;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// A product of decoded tiles: the inputs of a pass and the job that other threads help with. One for each calling thread, kept for its lifetime, so that a
/// warm call allocates nothing.
/// </summary>
internal sealed unsafe class TileMatrixProduct<T> : ParallelJob
    where T : unmanaged, ILanes<T>
{
    /// <summary>Maximum number of input rows of a pass: a tile is decoded once for all of them.</summary>
    public const int MaxInputs = 32;

    /// <summary>Exponent of the largest input and of the largest weight in the sums, far from both ends of the range of floats.</summary>
    private const int Exponent = 40;

    // Tiles that are claimed together at least have so many weights.
    private const int GrainWeights = 16 << 10;

    [ThreadStatic]
    private static TileMatrixProduct<T>? current;

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
    private int firstRow;
    private int grain;

    /// <summary>The calling thread's product.</summary>
    public static TileMatrixProduct<T> Current => current ??= new TileMatrixProduct<T>();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(
        RowDecoder weights, int matrixRows, int matrixColumns, ReadOnlySpan<float> input, int batch, in ProductStore target, int targetRow, WorkerPool pool)
    {
        (decoder, rows, columns, firstRow) = (weights, matrixRows, matrixColumns, targetRow);
        stride = checked((columns + 63) / 64 * 64);
        weightShift = weights.Bound > 0 ? Math.Clamp(Exponent - MathF.ILogB(weights.Bound), -126, 126) : 0;
        weightFactor = MathF.ScaleB(1, weightShift);
        grain = Math.Max(1, GrainWeights / (RowDecoder.TileRows * columns));
        Reserve(Math.Min(batch, MaxInputs));
        for (var start = 0; start < batch; start += MaxInputs)
        {
            inputs = Math.Min(MaxInputs, batch - start);
            for (var i = 0; i < inputs; i++)
            {
                Take(input.Slice((start + i) * columns, columns), i);
            }

            store = target.From(start);
            Begin(PrepackedLayout.DivideUp(PrepackedLayout.DivideUp(rows, RowDecoder.TileRows), grain));

            // Two operations on a weight take about the time of reading a byte of prepacked weights.
            pool.Run(this, (long)rows * columns * (1 + inputs) / 2);
        }

        decoder = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int first, int last)
    {
        scratch ??= new AlignedMemory(
            sizeof(float) * ((RowDecoder.TileRows * RowDecoder.TileColumns) + (MaxInputs * RowDecoder.TileRows * T.Count) + RowDecoder.TileRows));
        var tile = (float*)scratch.Start;
        var sums = tile + (RowDecoder.TileRows * RowDecoder.TileColumns);
        var units = sums + (MaxInputs * RowDecoder.TileRows * T.Count);
        var end = Math.Min(rows, last * grain * RowDecoder.TileRows);
        for (var row = first * grain * RowDecoder.TileRows; row < end; row += RowDecoder.TileRows)
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

            store.Store(totals, factors[i], i, firstRow + row, count);
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
        if (InputRange.Shift(row, Exponent, out var hasNonFinite) is { } shift)
        {
            InputRange.Scale(row, shift, place);
            place[columns..].Clear();
            factors[i] = new ProductFactor(false, (long)decoder!.ScaleExponent - weightShift - shift);
        }
        else
        {
            place.Clear();
            factors[i] = new ProductFactor(hasNonFinite, 0);
        }
    }
}
