using System.Numerics;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A product of a <see cref="ColumnScaleMatrix"/> with many input rows: tiles of a piece are decoded into the first cache, where they meet all input rows of
/// the pass. One for each calling thread, kept for its lifetime, so that a warm call allocates nothing.
/// </summary>
internal sealed unsafe class ColumnTileProduct : PieceJob
{
    /// <summary>Input rows from which on decoding costs less than it saves.</summary>
    public const int MinInputs = 4;

    // The input rows of a pass are a share of the second cache.
    private const int PassBytes = 512 << 10;
    private const int FewestRows = 32;
    private const int MostRows = 256;

    private const int TileFloats = ColumnTiles.Columns * ColumnTiles.Rows;
    private const int TotalStride = ColumnScaleMatrix.PieceRows;
    private const int TileChunks = ColumnTiles.Columns / PrepackedLayout.ChunkColumns;

    [ThreadStatic]
    private static ColumnTileProduct? current;

    // Levels, tiles and totals of whatever thread runs a piece.
    [ThreadStatic]
    private static AlignedMemory? scratch;

    // The input rows, in their range, that whatever thread interleaves.
    [ThreadStatic]
    private static AlignedMemory? rowScratch;

    private readonly ProductFactor[] factors = new ProductFactor[MostRows];
    private readonly int[] groups = new int[MostRows];
    private AlignedMemory inputMemory = new(0);
    private ColumnScaleMatrix? matrix;
    private ProductStore store;
    private float* source;
    private int inputs;
    private int paddedInputs;
    private int targetRow;

    /// <summary>The calling thread's product.</summary>
    public static ColumnTileProduct Current => current ??= new ColumnTileProduct();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(ColumnScaleMatrix weights, ReadOnlySpan<float> x, int batch, in ProductStore target, int firstRow, WorkerPool pool)
    {
        (matrix, targetRow) = (weights, firstRow);
        var most = Math.Clamp(PassBytes / (sizeof(float) * weights.PaddedColumns), FewestRows, MostRows);
        var pass = PrepackedLayout.DivideUp(batch, PrepackedLayout.DivideUp(batch, most));
        fixed (float* rows = x)
        {
            for (var first = 0; first < batch; first += pass)
            {
                inputs = Math.Min(pass, batch - first);
                store = target.From(first);
                source = rows + ((nint)first * weights.Columns);
                var count = 0;
                for (paddedInputs = 0; paddedInputs < inputs; paddedInputs += Together(paddedInputs))
                {
                    groups[count++] = paddedInputs;
                }

                Reserve(ref inputMemory!, (long)paddedInputs * weights.PaddedColumns);
                Begin(weights.Pieces.Length, count);
                pool.Run(this, weights.PrepackedBytes * inputs);
            }
        }

        matrix = null;
    }

    protected override void Prepare(int piece)
    {
        var (first, columns, padded) = (groups[piece], matrix!.Columns, matrix.PaddedColumns);
        var together = Together(first);
        Reserve(ref rowScratch, (long)ColumnTileKernel.Most * padded);
        var rows = (float*)rowScratch!.Start;
        var offsets = stackalloc int[ColumnTileKernel.Most];
        for (var i = 0; i < together; i++)
        {
            offsets[i] = i * padded;
            var place = new Span<float>(rows + offsets[i], padded);
            place.Clear();
            if (first + i < inputs)
            {
                var row = new ReadOnlySpan<float>(source + ((nint)(first + i) * columns), columns);
                factors[first + i] = ColumnScaleProduct.Take(row, place, matrix.ScaleExponent);
            }
        }

        Transposition.Run(rows, offsets, together, padded, Inputs(first), together, hasSlack: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Run(int piece)
    {
        Reserve(ref scratch, (3 * TileFloats) + ((long)paddedInputs * TotalStride));
        var levels = (float*)scratch!.Start;
        float* first = levels + TileFloats, second = first + TileFloats, totals = second + TileFloats;
        new Span<float>(totals, paddedInputs * TotalStride).Clear();
        ref readonly var rows = ref matrix!.Pieces[piece];
        for (var chunk = 0; chunk < rows.Chunks; chunk += TileChunks)
        {
            var chunks = Math.Min(TileChunks, rows.Chunks - chunk);
            var column = chunk * PrepackedLayout.ChunkColumns;
            var columns = Math.Min(ColumnTiles.Columns, matrix.Columns - column);
            ColumnTiles.Levels(in rows, chunk, chunks, levels);
            for (var unit = 0; unit < rows.Units; unit += 2)
            {
                // The last one of an odd number is multiplied twice.
                var isPair = unit + 1 < rows.Units;
                ColumnTiles.Decode(in rows, unit, chunk, chunks, levels, first);
                if (isPair)
                {
                    ColumnTiles.Decode(in rows, unit + 1, chunk, chunks, levels, second);
                }

                var target = totals + (unit * ColumnTiles.Rows);
                for (int input = 0, together; input < inputs; input += together)
                {
                    together = Together(input);
                    ColumnTileKernel.Add(
                        together, first, isPair ? second : first, columns, Inputs(input) + ((nint)column * together),
                        target + ((nint)input * TotalStride), TotalStride);
                }
            }
        }

        store.Store(totals, TotalStride, factors.AsSpan(0, inputs), targetRow + rows.Row, rows.Rows);
    }

    // Input rows that are multiplied together from one on: a power of two, more than are left where the last ones are padding.
    private int Together(int input) =>
        Math.Min(ColumnTileKernel.Most, (int)BitOperations.RoundUpToPowerOf2((uint)(inputs - input)));

    private float* Inputs(int row) => (float*)inputMemory.Start + ((nint)row * matrix!.PaddedColumns);

    private static void Reserve(ref AlignedMemory? memory, long floats)
    {
        if (memory is null || memory.Bytes < floats * sizeof(float))
        {
            memory = new AlignedMemory(floats * sizeof(float));
        }
    }
}
